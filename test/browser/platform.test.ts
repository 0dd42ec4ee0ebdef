/** Backends by name in Chromium, as the application asks for them, and one on a GPU. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBackend } from '../../src/index.js';
import { startChromium } from '../support/browser/chromium.js';
import { Site, type Tab } from '../support/browser/site.js';
import { probabilities, trainedWeights } from '../support/browser/small-work.js';

const SCRIPTS = {
  'worker.js': 'dist/test/support/browser/platform-worker.js',
  'thread.js': 'dist/workers/web/thread-worker.js',
};

const browser = await startChromium('--enable-unsafe-webgpu');

async function inPage(use: (tab: Tab) => Promise<void>): Promise<void> {
  if (!browser) return;
  const site = await Site.serve({ scripts: SCRIPTS });
  try {
    const tab = await site.open(await browser.newContext());
    await use(tab);
    await tab.close();
  } finally {
    site.close();
  }
}

const errorOf = (tab: Tab, method: string, ...args: unknown[]) =>
  tab.ask(method, ...args).catch((error: Error) => error.message);

test('backends are made at once when they have been made ready, one after the other, with the bits of Node', () =>
  inPage(async (tab) => {
    assert.is(await errorOf(tab, 'create', 'wasm', {}), 'internal: createBackend before prepareBackends');
    await tab.ask('prepare', 2);
    const weights = await trainedWeights(createBackend());
    const expected = `wasm (2 threads), 2 workers: ${weights}`;
    assert.equal(await tab.ask('trained', 3, 2, 2), [expected, expected, expected]);
    assert.equal(await tab.ask('trained', 1, 1, 1), [`wasm, 1 workers: ${weights}`]);
    assert.is(await tab.ask('reference'), createBackend('reference').name);
  }));

test('names and options that are none are errors', () =>
  inPage(async (tab) => {
    await tab.ask('prepare', 1);
    assert.is(await errorOf(tab, 'create', 'cuda', {}), 'backend "cuda": expected one of wasm, webgpu, reference');
    assert.is(
      await errorOf(tab, 'create', 'wasm', { relaxed: true }),
      'relaxed: pages compute with portable bits; leave relaxed out',
    );
    assert.is(
      await errorOf(tab, 'create', 'wasm', { threads: 0 }),
      "threads: expected 'auto' or a whole number from 1 to 256, got 0",
    );
  }));

test('a GPU computes what WebAssembly does', () =>
  inPage(async (tab) => {
    await tab.ask('prepare', 1);
    const { name, found } = await tab.ask<{ name: string; found: number[] }>('gpu');
    assert.match(name, /^webgpu/);
    const [expected] = await probabilities(createBackend());
    const differences = found.map((value, k) => Math.abs(value - expected![k]!));
    assert.ok(
      differences.length === expected!.length && Math.max(...differences) < 1e-5,
      `${Math.max(...differences)}`,
    );
  }));

test.after(() => browser?.close());

test.run();
