/** The engine in Chromium: the worker of the page, with its storage and its threads, gives what Node gives. */
import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import type { Browser } from 'playwright-core';
import * as assert from 'uvu/assert';
import type { Engine, GivenOptions } from '../../site/engine/protocol.js';
import { createBackend, decodeModel } from '../../src/index.js';
import { weightsSha256 } from '../../src/model/modelfile.js';
import { startChromium } from '../support/browser/chromium.js';
import { Site } from '../support/browser/site.js';
import { json, suiteInFolder, TRAIN_JS } from '../support/cli/cli.js';

const test = suiteInFolder('engine in a browser');
const GIVEN: GivenOptions = { epochs: '2', filters: '2,4', size: '32', splitSizes: '12,4,0', seed: '9' };
const AS_ARGUMENTS = ['--epochs', '2', '--filters', '2,4', '--size', '32', '--split', '12,4,0', '--seed', '9'];

function inPackage(name: string): URL {
  return new URL(`../../../${name}`, import.meta.url);
}

const browser: Browser | undefined = await startChromium();
const site =
  browser &&
  (await Site.serve({
    scripts: {
      'page.js': 'dist/test/support/browser/engine-page.js',
      'worker.js': 'dist/site/engine/engine.js',
      'workers/web/thread-worker.js': 'dist/workers/web/thread-worker.js',
    },
    files: Object.fromEntries(
      ['edge/runner.js', 'edge/run.mjs'].map((name) => [
        name,
        { type: 'text/javascript', body: readFileSync(inPackage(name)) },
      ]),
    ),
  }));

/** What happens in the page. */
async function session(given: GivenOptions) {
  const { engine } = globalThis as unknown as { engine: Engine };
  const told: string[] = [];
  const facts = await engine.start({ backend: 'wasm', threads: 2 });
  const plan = await engine.plan(undefined, given);
  const { result, model } = await engine.train(undefined, given, {
    ready: ({ run }) => told.push(run),
    progress: () => {},
    step: ({ step }) => told.push(`step ${step}`),
    epoch: ({ epoch }, examples) => told.push(`epoch ${epoch}, ${examples.length} examples`),
    remark: (text) => told.push(text),
  });
  const image = await engine.openImage({ sample: 'validation-0003' });
  const heads = await engine.compare(image.id, 0);
  const nodes = await engine.features(image.id, 0);
  const [file] = await engine.exportModel('safetensors');
  const [edge] = await engine.exportModel('edge');
  const mask = {
    width: image.width,
    height: image.height,
    channels: 1,
    data: new Uint8Array(image.width * image.height),
  };
  const corrected = await engine.correct(image.id, 0, mask);
  const { data, runs, usedBytes, quotaBytes } = await engine.storage();
  const refused = await engine.plan(undefined, { epochs: 'many' }).catch(({ message }: Error) => message);
  await engine.forget('data/corrections');
  return {
    ...{ facts, told, result, corrected, refused, diagnostics: await engine.diagnostics() },
    filters: plan.options.find(({ name }) => name === 'filters')!.value,
    modelSha256: model?.weightsSha256,
    heads: heads.map(({ mode, probs, dice }) => ({ mode, length: probs.length, first: [...probs.slice(0, 64)], dice })),
    nodes: nodes.map(({ i, j, maps }) => [i, j, maps.length]),
    bytes: [...file!.bytes],
    edge: [...edge!.bytes],
    kept: data.map(({ name }) => name),
    left: (await engine.storage()).data.length,
    runs: runs.map(({ run, epochsDone, done }) => ({ run, epochsDone, done })),
    fits: usedBytes > 0 && usedBytes < quotaBytes,
  };
}

if (browser && site) {
  test('the page trains, compares, shows features and exports to the bits of Node', async ({ dir }) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', ({ message }) => faults.push(message));
    await page.goto(site.url);
    const seen = await page.evaluate(session, GIVEN);
    const { weightsSha256: expected } = json(dir, ['--out', 'same', ...AS_ARGUMENTS], TRAIN_JS);
    assert.equal(seen.facts, {
      computing: 'WebAssembly, 2 threads',
      threads: 2,
      adapter: null,
      remark: null,
      fault: null,
    });
    assert.equal(seen.filters, '2,4');
    assert.is(seen.result.weightsSha256, expected);
    assert.is(seen.modelSha256, expected);
    const steps = (from: number) => [0, 1, 2].map((k) => `step ${from + k}`);
    assert.equal(seen.told, ['runs/phantom', ...steps(1), 'epoch 1, 4 examples', ...steps(4), 'epoch 2, 4 examples']);
    const model = await decodeModel(Uint8Array.from(seen.bytes), 'exported', createBackend());
    assert.is(await weightsSha256(model), expected);
    assert.equal(
      seen.heads.map(({ mode, length }) => [mode, length]),
      [['L1', 256 * 256]],
    );
    const folder = unzipSync(Uint8Array.from(seen.edge));
    const files = ['kernels.wasm', 'weights.bin', 'input.bin', 'expected.bin', 'plan.json', 'runner.js', 'run.mjs'];
    assert.equal(Object.keys(folder), files);
    assert.equal(Buffer.from(folder['runner.js']!), readFileSync(inPackage('edge/runner.js')));
    assert.equal(seen.nodes, [
      [0, 0, 2],
      [0, 1, 2],
      [1, 0, 4],
    ]);
    assert.equal(
      [seen.kept, seen.left, seen.corrected],
      [['data/corrections'], 0, { data: 'data/corrections', images: 1 }],
    );
    assert.equal(seen.runs, [{ run: 'runs/phantom', epochsDone: 2, done: true }]);
    assert.is(
      seen.refused,
      "option '--epochs <n>' argument 'many' is invalid. Expected a whole number from 1 to 1000000000",
    );
    assert.ok(seen.fits);
    assert.match(seen.diagnostics, /^unetpp {4}0\.0\.0\nbrowser {3}Mozilla.*\n/);
    assert.equal(faults, []);
    await context.close();
  });
  test.after(async () => {
    await browser.close();
    site.close();
  });
}

test.run();
