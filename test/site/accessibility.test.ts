/** The page by keyboard, for readers of screens, on narrow screens, and in both colour schemes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { encodePng } from '../../src/formats/png/encode.js';
import { put } from '../support/cli/cli.js';
import { type Site, siteSuite } from '../support/site/site-suite.js';

const test = siteSuite('the accessibility of the page');

/** A page on which nothing is empty, so that results, tables and errors are looked at, too; tests only look at it. */
let filledPage: Promise<Page> | undefined;

function filled(site: Site): Promise<Page> {
  filledPage ??= fill(site);
  return filledPage;
}

async function fill(site: Site): Promise<Page> {
  const { url } = await site.serve({ isolated: false });
  const page = await site.visit(url, { reducedMotion: 'reduce' });
  await page.setInputFiles('#files', [
    { name: 'a.png', mimeType: '', buffer: picture(0) },
    { name: 'b.png', mimeType: '', buffer: Buffer.from('no') },
  ]);
  await page.waitForSelector('#images');
  const folder = mkdtempSync(join(tmpdir(), 'unetpp-labelled-'));
  for (let k = 0; k < 8; k++) {
    put(folder, `images/${k}.png`, picture(k));
    put(folder, `masks/${k}.png`, k === 7 ? Buffer.from('no') : picture(k));
  }
  await page.setInputFiles('#folder', folder);
  await page.waitForSelector('#look-faults');
  rmSync(folder, { recursive: true });
  await page.click('#sample-nuclei');
  await page.click('[aria-label^="X(0,1),"]');
  await page.waitForSelector('#node canvas');
  await page.setInputFiles('#files', [{ name: 'c.png', mimeType: '', buffer: Buffer.from('no') }]);
  await page.waitForSelector('#open-error .error-line');
  await page.click('#try-sending');
  await page.click('#diagnostics');
  await page.waitForSelector('#sending-results');
  await page.waitForSelector('#diagnostics-text');
  for (const summary of await page.$$('summary')) await summary.click();
  await page.fill('#option-epochs', '0');
  await page.press('#option-epochs', 'Enter');
  await page.waitForSelector('#option-epochs-error');
  return page;
}

/** 32 x 32 pixels, with a square whose place depends on `k`. */
function picture(k: number): Buffer {
  const data = new Uint8Array(32 * 32).map((_, at) => (at % 32 > k && at % 32 < k + 12 && at > 320 ? 255 : 0));
  return Buffer.from(encodePng({ width: 32, height: 32, channels: 1, data }));
}

test('every text has the contrast of AA, light and dark', async (site) => {
  const page = await filled(site);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { count, faint } = await page.evaluate(contrasts, 4.5);
    assert.equal(faint, [], colorScheme);
    assert.ok(count > 300, `${count} texts`);
  }
});

/** Which colours stand on which; 4.5 to 1 for text, 3 to 1 for the edges of controls. */
const PAIRS: readonly (readonly [text: string, grounds: string, least: number])[] = [
  ['ink', 'paper surface sunken accent-wash', 4.5],
  ['soft', 'paper surface sunken', 4.5],
  ['accent', 'paper surface', 4.5],
  ['accent-deep', 'paper surface accent-wash', 4.5],
  ['on-accent', 'accent accent-deep', 4.5],
  ['good', 'paper surface', 4.5],
  ['warn', 'paper surface', 4.5],
  ['bad', 'paper surface bad-wash', 4.5],
  ['edge', 'paper surface', 3],
];

test('the colours hold AA on every ground that they are meant for', async (site) => {
  const { url } = await site.serve();
  const page = await site.browser.newPage();
  // The style alone: without its scripts the page is empty.
  await page.route('**/*.js', (route) => route.abort());
  await page.goto(url);
  await page.evaluate((pairs) => {
    const boxes = pairs.flatMap(([text, grounds]) => grounds.split(' ').map((ground) => [text, ground]));
    document.body.replaceChildren(
      ...boxes.map(([text, ground]) => {
        const box = Object.assign(document.createElement('p'), { textContent: `${text} on ${ground}` });
        box.style.color = `var(--${text})`;
        box.style.backgroundColor = `var(--${ground})`;
        return box;
      }),
    );
  }, PAIRS);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const faint = (least: number) => page.evaluate(contrasts, least);
    assert.equal(
      (await faint(4.5)).faint.filter((line) => !line.startsWith('edge')),
      [],
      colorScheme,
    );
    assert.equal((await faint(3)).faint, [], colorScheme);
  }
});

test('nothing is wider than a screen of 360 pixels', async (site) => {
  const page = await filled(site);
  const wide = page.viewportSize()!;
  await page.setViewportSize({ width: 360, height: 640 });
  const tooWide = await page.evaluate(async () => {
    // What measures its place draws itself anew a frame later.
    for (let k = 0; k < 3; k++) await new Promise(requestAnimationFrame);
    const { scrollWidth } = document.documentElement;
    return scrollWidth > 360 ? [scrollWidth] : [];
  });
  assert.equal(tooWide, []);
  await page.setViewportSize(wide);
});

test('every control has a name, every id is there once, and headings leave no level out', async (site) => {
  const page = await filled(site);
  const found = await page.evaluate(() => {
    const all = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName[1]));
    return {
      twice: all.filter((id, k) => all.indexOf(id) !== k),
      skipped: levels.filter((level, k) => k > 0 && level > levels[k - 1]! + 1),
      first: levels.filter((level) => level === 1).length,
      landmarks: ['header', 'nav', 'main', 'footer'].filter((name) => !document.querySelector(`.page > ${name}`)),
      controls: document.querySelectorAll('a, button, input, select, textarea, summary, [tabindex="0"]').length,
    };
  });
  const { controls, ...faults } = found;
  assert.equal(faults, { twice: [], skipped: [], first: 1, landmarks: [] });
  const roles =
    /^\s*- (link|button|textbox|checkbox|radio|combobox|slider|listbox|option|meter|application|region)\b(.*)$/gm;
  const named = [...(await page.locator('body').ariaSnapshot()).matchAll(roles)];
  assert.equal(
    named.filter(([, , rest]) => !rest!.includes('"')).map(([line]) => line),
    [],
  );
  assert.ok(named.length > 100 && controls > 100, `${named.length} and ${controls}`);
});

/** One control of each section, or some, in the order of the page. */
const MAIN_CONTROLS = [
  ...['files', 'folder', 'sample-nuclei', 'phantom', 'images', 'segmented-view', 'contact'],
  ...['option-epochs', 'option-test', 'threshold', 'network-output', 'correct-canvas', 'correct-keep'],
  ...['export-safetensors', 'threads', 'try-sending', 'forget-all', 'diagnostics'],
];

test('the keys go through the sections in their order, and show where they are', async (site) => {
  const page = await filled(site);
  await page.focus('.skip');
  const seen: { name: string; section: string | undefined; outlined: boolean }[] = [];
  for (let k = 0; k < 250; k++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const { activeElement: one } = document;
      if (!one || one === document.body) return null;
      // A file input or a radio button is not seen itself; what is seen in its place has the outline.
      const shown = one.matches('[type=file]')
        ? one.parentElement!
        : one.matches('[type=radio]')
          ? one.nextElementSibling!
          : one;
      const { outlineStyle, outlineWidth } = getComputedStyle(shown);
      const name = one.id || one.getAttribute('name') || one.textContent!.trim();
      const section = one.closest('section.section')?.id;
      return { name, section, outlined: outlineStyle === 'solid' && Number.parseFloat(outlineWidth) >= 2 };
    });
    if (at === null) break;
    seen.push(at);
  }
  assert.equal(
    seen.filter(({ outlined }) => !outlined),
    [],
  );
  const names = seen.map(({ name }) => name);
  const links = ['Open', 'Look', 'Train', 'Compare', 'The network', 'Correct', 'Take home', 'This computer'];
  assert.equal(names.slice(0, links.length), links);
  assert.is(names.at(-1), 'The self-test');
  const sections = seen.flatMap(({ section }) => section ?? []);
  assert.equal(
    sections.filter((section, k) => section !== sections[k - 1]),
    ['open', 'look', 'training', 'compare', 'network', 'correct', 'take-home', 'computer'],
  );
  assert.equal(
    names.filter((name) => MAIN_CONTROLS.includes(name)),
    MAIN_CONTROLS,
  );
});

test('the first key leads past the links, and files are taken wherever they are dropped', async (site) => {
  const { url } = await site.serve();
  const page = await site.visit(url);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.is(await page.evaluate(() => location.hash), '#open');
  const drop = (names: readonly string[]) =>
    page.evaluate((dropped) => {
      const data = new DataTransfer();
      for (const name of dropped) data.items.add(new File(['no'], name));
      const event = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
      return !document.querySelector('footer')!.dispatchEvent(event);
    }, names);
  assert.is(await drop(['.hidden']), true);
  await page.waitForSelector('#drop-error .error-line');
  assert.is(
    await page.textContent('#drop-error'),
    'There is only a hidden file in what was dropped; drop image files, or a folder with images',
  );
  assert.is(await drop(['a.png', '.hidden']), true);
  await page.waitForSelector('#open-error .error-line');
  assert.is(
    await page.textContent('#open-error'),
    'a.png: not an image of a known format: it starts with "no"; convert it to PNG',
  );
  assert.is(await page.textContent('#drop-error'), '');
});

/** In the page: texts with less than `least` to 1, or 3 to 1 for large ones, against what is behind them. */
function contrasts(least: number): { count: number; faint: string[] } {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  const rgba = (colour: string) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = (top: number[], below: number[]) =>
    [0, 1, 2].map((c) => (top[c]! * top[3]! + below[c]! * (255 - top[3]!)) / 255);
  const light = (colour: number[]) => {
    const [r, g, b] = colour.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const behind = (element: Element | null): number[] => {
    if (!element) return [255, 255, 255, 255];
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] === 255 ? own : [...over(own, behind(element.parentElement)), 255];
  };
  const faint: string[] = [];
  let count = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement!;
    const text = walker.currentNode.textContent!.trim();
    if (!text || !element.checkVisibility() || element.closest('noscript, [disabled]')) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    const [a, b] = [light(over(rgba(style.color), ground)), light(ground)].sort((x, y) => y - x);
    const ratio = (a! + 0.05) / (b! + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    count++;
    if (ratio < (isLarge ? 3 : least)) faint.push(`${text}: ${ratio.toFixed(2)}`);
  }
  return { count, faint };
}

test.run();
