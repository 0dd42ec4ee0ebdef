/** `segment` in a page, whatever the picture is: the mask of Node, on a canvas. */
import { build } from 'esbuild';
import { encode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createModel, encodeModel, type Image, toMask } from '../../src/index.js';
import { startChromium } from '../support/browser/chromium.js';
import type { Given } from '../support/browser/segment-page.js';
import { Site, type SiteOptions, STRICT_CSP, type Tab } from '../support/browser/site.js';
import { readDocument } from '../support/documents.js';
import { optionalPackages } from '../support/optional-packages.js';

const SCRIPTS = {
  'page-of-test.js': 'dist/test/support/browser/segment-page.js',
  'worker.js': 'dist/test/support/browser/about-worker.js',
  'workers/web/segment-worker.js': 'dist/workers/web/segment-worker.js',
  'workers/web/thread-worker.js': 'dist/workers/web/thread-worker.js',
};

const WIDTH = 40;
const HEIGHT = 24;
const grey = Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i * i) % 251);
const image: Image<Uint8Array> = { width: WIDTH, height: HEIGHT, channels: 1, data: Uint8Array.from(grey) };
/** One whose values a canvas would round. */
const deep: Image<Uint16Array> = { ...image, data: Uint16Array.from(grey, (value) => 257 * value + 100) };
const rgba = grey.flatMap((value) => [value, value, value, 255]);

const model = createModel({ filters: [8, 16] });
const prediction = await model.predict(image);
/** The median: so about half of the pixels are foreground. */
const threshold = [...prediction.probs].sort((a, b) => a - b)[grey.length / 2]!;
model.adopt({ ...model.card, thresholds: { L1: threshold } });
const mask = [...toMask(prediction, threshold).data];
const drawn = (colour: readonly number[]) => mask.flatMap((label) => (label ? colour : [0, 0, 0, 0]));

const FILES = {
  'model.safetensors': { type: 'application/octet-stream', body: await encodeModel(model) },
  'scan.png': { type: 'image/png', body: encode(image) },
  'deep.png': { type: 'image/png', body: encode({ ...deep, depth: 16 }) },
  'scan.svg': {
    type: 'image/svg+xml',
    body: '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="24"><rect width="40" height="24" fill="#777"/></svg>',
  },
  'damaged.png': { type: 'image/png', body: encode(image).subarray(0, 200) },
};

/** Whether two lists have the same values: their difference is too long to be shown. */
function same(found: readonly number[] | undefined, expected: readonly number[], what = ''): void {
  assert.is(found?.join() === expected.join(), true, what);
}

const browser = await startChromium();

interface Answer {
  readonly mask: number[];
  readonly canvas: number[];
  readonly overlay: number[];
  readonly probs?: number[];
  readonly error?: string;
  readonly input?: boolean;
}

async function inPage(use: (tab: Tab, call: typeof callIn) => Promise<void>, options: Partial<SiteOptions> = {}) {
  if (!browser) return;
  const site = await Site.serve({ scripts: SCRIPTS, files: FILES, ...options });
  try {
    const tab = await site.open(await browser.newContext());
    await use(tab, callIn);
    await tab.close();
  } finally {
    site.close();
  }
}

/** Calls a function of the page's script. */
function callIn<T = Answer>({ page }: Tab, name: string, ...args: unknown[]): Promise<T> {
  const call = async ([name, args]: readonly [string, unknown[]]) => {
    const script: string = '/page-of-test.js';
    return (await import(script))[name](...args);
  };
  return page.evaluate(call, [name, args] as const);
}

test('every kind of picture gives the mask of Node on a canvas, under a strict Content-Security-Policy, too', () =>
  inPage(
    async (tab, call) => {
      const facts = await call(tab, 'load', 'model.safetensors', { threads: 2 });
      assert.equal(facts, { backend: 'wasm (2 threads)', threads: 2, channels: 1, warnings: [] });
      const pictures: Given[] = [
        { element: 'scan.png' },
        { file: 'scan.png' },
        { grey, width: WIDTH },
        { rgba, width: WIDTH },
      ];
      for (const given of pictures) {
        const found = await call(tab, 'ask', given, { opacity: 1 });
        same(found.mask, mask, JSON.stringify(given));
        same(found.canvas, drawn([20, 210, 130, 255]));
        assert.is(found.probs, undefined);
      }
      const { probs } = await call(tab, 'ask', { element: 'deep.png' }, { probabilities: true });
      same(probs, [...(await model.predict(deep)).probs], 'the depth of the file is not lost');
    },
    { headers: { 'content-security-policy': STRICT_CSP } },
  ));

test('colour, opacity, threshold and probabilities are as asked for', () =>
  inPage(async (tab, call) => {
    await call(tab, 'load', 'model.safetensors');
    const given = { file: 'scan.png' };
    const found = await call(tab, 'ask', given, { colour: [255, 0, 10], probabilities: true });
    same(found.overlay, drawn([255, 0, 10, 128]));
    same(found.probs, [...prediction.probs]);
    same(found.mask, mask);
    const all = await call(tab, 'ask', given, { threshold: 0 });
    assert.ok(all.mask.every((label) => label === 1));
  }));

test('an element whose file the library does not read gives its pixels; what cannot be read is an error in one line', () =>
  inPage(async (tab, call) => {
    await call(tab, 'load', 'model.safetensors');
    const flat: Image = { width: WIDTH, height: HEIGHT, channels: 1, data: new Uint8Array(grey.length).fill(0x77) };
    const shown = await call(tab, 'ask', { element: 'scan.svg' });
    same(shown.mask, [...(await model.predictMask(flat)).data]);
    for (const [given, options, error] of [
      [{ file: 'scan.svg' }, {}, /^scan\.svg: not an image of a known format: .*; convert it to PNG$/],
      [{ file: 'damaged.png' }, {}, /^damaged\.png: /],
      [{ element: 'none.png' }, {}, /\/none\.png: no image that this browser can show; convert it to PNG$/],
      [{ file: 'scan.png' }, { mode: 'L7' }, /^mode "L7": /],
    ] as const) {
      const found = await call(tab, 'ask', given, options);
      assert.match(found.error!, error);
      assert.is(found.input, true);
    }
  }));

test('a model that is not there, or none, and a worker that is not served are errors', () =>
  inPage(async (tab, call) => {
    const none = await call(tab, 'load', 'none.safetensors');
    assert.equal(none, { error: 'none.safetensors: is not there (404); see that it is served', input: true });
    const other = await call(tab, 'load', 'scan.png');
    assert.match(other.error!, /^scan\.png: /);
    assert.is(other.input, true);
    const unserved = await call(tab, 'load', 'model.safetensors', { segment: '/none.js' });
    assert.equal(unserved, { error: 'the worker did not start, as its script was not loaded', input: false });
    await call(tab, 'load', 'model.safetensors');
    const closed = await call(tab, 'closing', { file: 'scan.png' });
    assert.equal(closed, { error: 'the model was closed', input: false });
  }));

test('the program in the README segments the image of a page, with and without the headers', async () => {
  const [, program] = /^```ts\n(import [^;]* from 'unetpp\/web';\n.*?)^```$/ms.exec(readDocument('README.md'))!;
  assert.ok(program!.trim().split('\n').length <= 15);
  const { outputFiles } = await build({
    stdin: { contents: program!, resolveDir: import.meta.dirname, loader: 'ts' },
    alias: { 'unetpp/web': new URL('../../src/web.js', import.meta.url).pathname },
    ...{ bundle: true, format: 'esm', platform: 'browser', write: false, outdir: 'out', logLevel: 'silent' },
    external: optionalPackages(),
  });
  const html = '<!doctype html><img src="scan.png"><canvas></canvas><script type="module" src="example.js"></script>';
  const files = {
    ...FILES,
    'example.html': { type: 'text/html', body: html },
    'example.js': { type: 'text/javascript', body: outputFiles[0]!.text },
  };
  for (const isolated of [true, false]) {
    await inPage(
      async ({ page }) => {
        await page.goto(new URL('example.html', page.url()).href);
        await page.waitForFunction(() => document.querySelector('canvas')!.width === 40);
        const pixels = await page.evaluate(() => {
          const context = document.querySelector('canvas')!.getContext('2d')!;
          return [...context.getImageData(0, 0, 40, 24).data];
        });
        const alphas = pixels.filter((_, k) => k % 4 === 3);
        same(
          alphas,
          mask.map((label) => 128 * label),
        );
      },
      { files, isolated },
    );
  }
});

test.after(() => browser?.close());

test.run();
