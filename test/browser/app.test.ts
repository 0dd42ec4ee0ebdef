/** The application in a page: it trains in the storage of the site, to the bits of Node, and goes on where it was closed. */
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import * as assert from 'uvu/assert';
import type { TrainCommandOptions } from '../../src/app/options/train-options.js';
import { resolveOptions } from '../../src/app/planning/resolve-options.js';
import type { TrainResult } from '../../src/app/training/result.js';
import { startTraining } from '../../src/app/training/start-training.js';
import { startChromium } from '../support/browser/chromium.js';
import { bundleForBrowser, Site, type Tab } from '../support/browser/site.js';
import { suiteInFolder } from '../support/cli/cli.js';

const test = suiteInFolder('app in a browser');
const WORKER = 'dist/test/support/browser/app-worker.js';
const GIVEN = { epochs: 2, filters: [4, 8, 16], size: 32, seed: 9 };

type Trained = TrainResult & { readonly notices: readonly string[] };

const browser = await startChromium();
const site = browser && (await Site.serve({ scripts: { 'worker.js': WORKER } }));

/** The weights of the same training in Node, which is done once. */
let expected: Promise<string | null> | undefined;

async function inNode(out: string): Promise<string | null> {
  const { signal } = new AbortController();
  const options = await resolveOptions({ ...GIVEN, workers: 1, out }, {}, signal);
  return (await startTraining(options, {}, signal)).result.weightsSha256;
}

/** Begins a training in a tab, and closes the tab in the middle: after some steps of the second epoch. */
async function leave(context: BrowserContext, given: Partial<TrainCommandOptions>): Promise<void> {
  const tab = await site!.open(context);
  await tab.ask('begin', given);
  await untilSteps(tab, 45);
  await tab.close();
}

async function untilSteps(tab: Tab, wanted: number): Promise<void> {
  for (;;) {
    const { steps, end } = await tab.ask<{ steps: number; end?: string }>('progress');
    if (steps >= wanted) return;
    assert.is(end, undefined, `the training ended after ${steps} steps`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const messageOf = (promise: Promise<unknown>) => promise.then(String, ({ message }: Error) => message);

test('the bundle of a page asks for nothing of Node', async () => {
  assert.not.match(await bundleForBrowser(WORKER), /["'`]node:/);
});

test('a training in a page has the bits of Node', async ({ dir }) => {
  if (!browser) return;
  expected ??= inNode(join(dir, 'run'));
  const tab = await site!.open(await browser.newContext());
  const result = await tab.ask<Trained>('train', { ...GIVEN, workers: 1 });
  assert.is(result.weightsSha256, await expected);
  assert.equal([result.run, result.epochs, result.interrupted], ['runs/phantom', 2, false]);
  const names = ['checkpoint-previous.safetensors', 'checkpoint.safetensors', 'config.json', 'curves.png'];
  const more = ['metrics.jsonl', 'model.safetensors', 'predictions.png', 'report.json'];
  assert.equal(await tab.ask('list', 'runs/phantom'), [...names, ...more]);

  const again = await tab.ask<Trained>('train', { ...GIVEN, epochs: 1, workers: 1 });
  assert.is(again.run, 'runs/phantom-2');
  assert.is(
    await messageOf(tab.ask('train', { ...GIVEN, out: 'runs/phantom' })),
    'runs/phantom: exists and is not empty; give another folder, or write into it with --force',
  );
  assert.is(
    await messageOf(tab.ask('resume', 'runs/none')),
    'runs/none: no run to resume, as it has no config.json; give the folder of a run',
  );
});

test('where the newest checkpoint is damaged, a run goes on from the one before', async ({ dir }) => {
  if (!browser) return;
  expected ??= inNode(join(dir, 'run'));
  const tab = await site!.open(await browser.newContext());
  await tab.ask('train', { ...GIVEN, workers: 1 });
  await tab.ask('damage', 'runs/phantom', 'checkpoint.safetensors');
  const { weightsSha256, epochs, notices } = await tab.ask<Trained>('resume', 'runs/phantom');
  assert.equal([weightsSha256, epochs], [await expected, 2]);
  assert.match(
    notices.join(),
    /^runs\/phantom\/checkpoint\.safetensors: damaged: .*; resuming from the previous checkpoint, checkpoint-previous\.safetensors$/,
  );
});

test('closed in the middle, it goes on in another tab, to the same bits; a second tab is refused', async ({ dir }) => {
  if (!browser) return;
  expected ??= inNode(join(dir, 'run'));
  const context = await browser.newContext();
  await leave(context, { ...GIVEN, workers: 1, checkpointSteps: 1 });

  const [tab, other] = [await site!.open(context), await site!.open(context)];
  const resumed = tab.ask<Trained>('resume', 'runs/phantom');
  await untilSteps(tab, 1);
  assert.is(
    await messageOf(other.ask('resume', 'runs/phantom')),
    'runs/phantom: in use, as it is open in another tab; go on there, or close that tab and try again',
  );
  const { weightsSha256, notices } = await resumed;
  assert.is(weightsSha256, await expected);
  assert.equal(notices, []);
});

test.after(async () => {
  site?.close();
  await browser?.close();
});

test.run();
