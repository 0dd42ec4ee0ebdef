/** Opens the gallery in Chromium, and looks at what it shows. */
import type { Browser, Page } from 'playwright-core';
import { bundleForBrowser } from '../../support/browser/site.js';
import type { Fixtures } from './fixtures.js';
import type { Gallery } from './gallery.js';

declare const gallery: Gallery;

export interface View {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** Opens a page that shows the panels; `faults` are the errors that it reports. */
export async function openGallery(
  browser: Browser,
  fixtures: Fixtures,
  { width = 1280, colorScheme = 'light' }: View = {},
) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, locale: 'en-GB' });
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  await page.setContent(await html());
  await page.evaluate((shown) => gallery.show(shown), fixtures);
  return { page, faults };
}

let made: Promise<string> | undefined;

function html(): Promise<string> {
  made ??= Promise.all([
    bundleForBrowser('site/styles/main.css'),
    bundleForBrowser('dist/test/site/gallery/gallery.js'),
  ]).then(
    ([style, script]) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title>
<meta name="viewport" content="width=device-width"><style>${style}</style>
<main id="gallery" style="padding: 16px"></main><script type="module">${script}</script>`,
  );
  return made;
}

/** The texts whose contrast with what lies below is less than AA asks for: 4.5, or 3 for large ones. */
export function faint(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
    const rgba = (colour: string) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = (colour: string) => {
      const [r = 0, g = 0, b = 0] = rgba(colour).map((v) => (v <= 10 ? v / 3294 : ((v / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const groundOf = (element: Element | null): string => {
      if (!element) return getComputedStyle(document.body).backgroundColor;
      const { backgroundColor } = getComputedStyle(element);
      return rgba(backgroundColor)[3] === 255 ? backgroundColor : groundOf(element.parentElement);
    };
    const isDisabled = (element: Element) => element.closest(':disabled, [aria-disabled]') !== null;
    const found: string[] = [];
    for (const element of document.querySelectorAll('#gallery *')) {
      const text = [...element.childNodes].map((node) => (node.nodeType === 3 ? node.textContent : '')).join('');
      if (text.trim() === '' || !element.checkVisibility() || isDisabled(element)) continue;
      const style = getComputedStyle(element);
      const [a, b] = [element instanceof SVGElement ? style.fill : style.color, groundOf(element)].map(luminance);
      const ratio = (Math.max(a!, b!) + 0.05) / (Math.min(a!, b!) + 0.05);
      const size = Number.parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (isLarge ? 3 : 4.5)) found.push(`${text.trim()}: ${ratio.toFixed(2)}`);
    }
    return found;
  });
}

/** What reaches beyond the right border of the page, unless it lies in something that scrolls by itself. */
export function beyond(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scrolls = (element: Element | null): boolean =>
      element !== null && (getComputedStyle(element).overflowX === 'auto' || scrolls(element.parentElement));
    const right = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll('#gallery *')].filter((element) => {
      return element.getBoundingClientRect().right > right + 0.5 && !scrolls(element);
    });
    return wide.map(({ tagName, className }) => `${tagName} ${className}`);
  });
}
