/** The backends of `unetpp/web` in Chromium: the bits of Node, on as many threads as the page allows, whatever a thread does. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBackend } from '../../src/index.js';
import type { WebBackendOptions } from '../../src/web.js';
import type { Outcome } from '../support/browser/backend-worker.js';
import { startChromium } from '../support/browser/chromium.js';
import { Site, type SiteOptions, STRICT_CSP, type Tab } from '../support/browser/site.js';
import { probabilities, trainedWeights } from '../support/browser/small-work.js';

const SCRIPTS = {
  'worker.js': 'dist/test/support/browser/backend-worker.js',
  'thread.js': 'dist/workers/web/thread-worker.js',
  'faulty.js': 'dist/test/support/browser/faulty-thread.js',
};

const browser = await startChromium();

/** Opens the page, uses it and closes it; what it says of violations and errors is none. */
async function inPage(options: Omit<SiteOptions, 'scripts'>, use: (tab: Tab) => Promise<void>): Promise<void> {
  if (!browser) return;
  const site = await Site.serve({ scripts: SCRIPTS, ...options });
  try {
    const tab = await site.open(await browser.newContext());
    await use(tab);
    await tab.close();
  } finally {
    site.close();
  }
}

const kernels = () => readFileSync(new URL('../../wasm/unetpp.wasm', import.meta.url));

const [expected] = await probabilities(createBackend());
const weights = await trainedWeights(createBackend());

function check(outcome: Outcome<number[][]>, threads: number, warnings: readonly string[] = []): void {
  assert.equal({ ...outcome, result: undefined }, { result: undefined, threads, workers: 1, warnings });
  for (const found of outcome.result!) assert.equal(found, expected);
}

const ask = (tab: Tab, options: WebBackendOptions, times = 2) =>
  tab.ask<Outcome<number[][]>>('probabilities', options, times);

test('in a worker: one thread, a team, and workers give the bits of Node', () =>
  inPage({}, async (tab) => {
    check(await ask(tab, { threads: 1 }), 1);
    check(await ask(tab, { threads: 2 }), 2);
    check(await ask(tab, { threads: 3 }), 3);
    for (const [threads, workers] of [
      [1, 1],
      [1, 2],
      [2, 2],
    ]) {
      const outcome = await tab.ask<Outcome<string>>('trained', { threads, workers });
      assert.equal(outcome, { result: weights, threads, workers, warnings: [] });
    }
  }));

test('the same under a strict Content-Security-Policy', () =>
  inPage({ headers: { 'content-security-policy': STRICT_CSP } }, async (tab) => {
    check(await ask(tab, { threads: 2 }), 2);
  }));

const NOT_ISOLATED =
  'the page is not cross-origin isolated, so one thread computes; serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp (or credentialless)';

test('a page that is not isolated computes on one thread, and is told which headers are missing', () =>
  inPage({ isolated: false }, async (tab) => {
    check(await ask(tab, { threads: 2 }), 1, [NOT_ISOLATED]);
    check(await ask(tab, { threads: 1 }), 1);
    const outcome = await tab.ask<Outcome<string>>('trained', { threads: 2, workers: 2 });
    assert.equal(outcome, { result: weights, threads: 1, workers: 1, warnings: [NOT_ISOLATED] });
  }));

test('the main thread of a page computes alone, and says why', () =>
  inPage({}, async ({ page }) => {
    const outcome = await page.evaluate(async () => {
      const script: string = '/worker.js';
      const { methods } = await import(script);
      return methods.probabilities({ threads: 2 });
    });
    check(outcome, 1, [
      'the main thread of a page may not wait for others, so one thread computes; make the backend in a worker, as loadModel does',
    ]);
  }));

test('kernels of another type are compiled as well; where there are none, the error says so', () =>
  inPage({ files: { 'kernels.bin': { type: 'application/octet-stream', body: kernels() } } }, async (tab) => {
    check(await ask(tab, { threads: 1, urls: { wasm: '/kernels.bin' } }), 1);
    const missing = await ask(tab, { threads: 2, urls: { sharedWasm: '/none.wasm' } }).catch((error) => error.message);
    assert.is(
      missing,
      '/none.wasm: the file of kernels is not there (404); serve the files of unetpp/dist/wasm with the page, or say in `urls` where they are',
    );
    const text = await ask(tab, { threads: 1, urls: { wasm: '/thread.js' } }).catch((error) => error.message);
    assert.match(text, /^\/thread\.js: the file of kernels cannot be compiled \(WebAssembly\.compile\(\): .*\); serve/);
  }));

for (const [script, what] of [
  ['/none.js', 'did not start, as its script was not loaded'],
  ['/faulty.js#breaks', 'failed: Uncaught Error: as it was asked to'],
]) {
  test(`one thread computes where a thread ${what}`, () =>
    inPage({}, async (tab) => {
      const warning = `a thread ${what}; see that the page may load its script, workers/web/thread-worker.js (\`urls\`, and worker-src in a Content-Security-Policy); one thread computes`;
      check(await ask(tab, { threads: 2, urls: { thread: script! } }), 1, [warning]);
    }));
}

for (const fault of ['is silent', 'ends', 'stops']) {
  test(`a thread that ${fault} between two runs: no bit changes, others take its place, and after three there is one`, () =>
    inPage({}, async (tab) => {
      const options = { threads: 2, patience: 300, urls: { thread: `/faulty.js#${fault.split(' ').at(-1)}` } };
      const outcome = await tab.ask<Outcome<string[]>>('untilWarned', options);
      assert.equal(outcome, {
        result: [JSON.stringify([expected])],
        threads: 2,
        workers: 1,
        warnings: ['thread 1 of the team did not answer within 0.3 s, the third one lost; continuing with one thread'],
      });
    }));
}

for (const [fault, what] of [
  ['hangs', 'did not answer within 0.3 s'],
  ['throws', 'failed: Uncaught Error: no memory'],
]) {
  test(`a worker that ${fault}: its backend is given up, and the error says so`, () =>
    inPage({}, async (tab) => {
      const options = { threads: 1, workers: 2, patience: 300, urls: { thread: `/faulty.js#${fault}` } };
      const { error } = await tab.ask<Outcome<string>>('trained', options);
      assert.is(
        error,
        `BackendLostError: a worker ${what}, and as it may still write to the memory of its backend, that is given up; make a new backend, and resume from the last checkpoint`,
      );
    }));
}

test.after(() => browser?.close());

test.run();
