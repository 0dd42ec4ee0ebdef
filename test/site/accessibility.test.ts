/** The page by keyboard, for readers of screens, on narrow screens, and in both colour schemes. */
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { type Site, siteSuite } from '../support/site/site-suite.js';

const test = siteSuite('the accessibility of the page');

/** Fills what is empty at the beginning, so that errors, tables and results are looked at, too. */
async function filled(site: Site, options: Parameters<Site['visit']>[1]): Promise<Page> {
  const { url } = await site.serve({ isolated: false });
  const page = await site.visit(url, options);
  await page.setInputFiles('#files', [{ name: 'a.png', mimeType: '', buffer: Buffer.from('no') }]);
  await page.click('#train');
  await page.click('#try-sending');
  await page.waitForSelector('#sending-results');
  await page.waitForSelector('#look .error-line');
  for (const summary of await page.$$('summary')) await summary.click();
  return page;
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every text has the contrast of AA, ${colorScheme}`, async (site) => {
    const page = await filled(site, { colorScheme, reducedMotion: 'reduce' });
    const { count, faint } = await page.evaluate(contrasts, 4.5);
    assert.equal(faint, []);
    assert.ok(count > 80, `${count} texts`);
  });
}

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

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the colours hold AA on every ground that they are meant for, ${colorScheme}`, async (site) => {
    const { url } = await site.serve();
    const page = await site.visit(url, { colorScheme });
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
    const faint = (least: number) => page.evaluate(contrasts, least);
    assert.equal(
      (await faint(4.5)).faint.filter((line) => !line.startsWith('edge')),
      [],
    );
    assert.equal((await faint(3)).faint, []);
  });
}

test('nothing is wider than a screen of 360 pixels', async (site) => {
  const page = await filled(site, { viewport: { width: 360, height: 640 } });
  assert.is(await page.evaluate(() => document.documentElement.scrollWidth), 360);
});

test('every control has a name, every id is there once, and headings leave no level out', async (site) => {
  const page = await filled(site, {});
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
  const roles = /^\s*- (link|button|textbox|checkbox|radio|combobox|slider|region)\b(.*)$/gm;
  const named = [...(await page.locator('body').ariaSnapshot()).matchAll(roles)];
  assert.equal(
    named.filter(([, , rest]) => !rest!.includes('"')).map(([line]) => line),
    [],
  );
  assert.ok(named.length > 25 && controls > 25, `${named.length} and ${controls}`);
});

test('files are taken wherever on the page they are dropped, hidden ones left out', async (site) => {
  const { url } = await site.serve();
  const page = await site.visit(url);
  const stayed = await page.evaluate(() => {
    const data = new DataTransfer();
    for (const name of ['a.png', '.hidden']) data.items.add(new File(['no'], name));
    const event = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
    return !document.querySelector('footer')!.dispatchEvent(event);
  });
  assert.is(stayed, true);
  await page.waitForSelector('#look .error-line');
  assert.is(await page.textContent('#look [role=status]'), 'Images: 0, files refused: 1.');
});

test('the keys reach every control in the order of the page, and show where they are', async (site) => {
  const { url } = await site.serve();
  const page = await site.visit(url);
  const seen: string[] = [];
  for (let k = 0; k < 60; k++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const { activeElement: one } = document;
      if (!one || one === document.body) return null;
      const shown = one.matches('[type=file]') ? one.parentElement! : one;
      const { outlineStyle, outlineWidth } = getComputedStyle(shown);
      const name = one.id || one.textContent!.trim();
      return outlineStyle === 'solid' && outlineWidth === '2px' ? name : `${name} (no outline)`;
    });
    if (at === null) break;
    seen.push(at);
  }
  assert.equal(seen, [
    'To the images',
    ...['Open', 'Look', 'Train', 'Compare', 'The network', 'Correct', 'Take home', 'This computer'],
    ...['files', 'folder', 'Train on the phantom', 'Segment a sample: nuclei', 'Segment a sample: brain'],
    'How a folder with masks looks',
    ...['epochs', 'size', 'filters', 'batch', 'lr', 'seed', 'train'],
    ...['try-sending', 'forget', 'Is the GPU to be trusted?'],
  ]);
  await page.goto(url);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.is(await page.evaluate(() => location.hash), '#open');
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
