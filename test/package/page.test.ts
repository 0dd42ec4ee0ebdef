/** What a page gets: `unetpp/core` in one file, in a realm that knows nothing of Node. */
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createModel, syntheticDataset, trainModel, weightsSha256 } from '../../src/index.js';
import { optionalPackages } from '../support/optional-packages.js';

/** Seen from `dist/test/package`. */
const PACKAGE = new URL('../../../', import.meta.url);

/** What browsers have beside the language and WebAssembly, as far as the core asks for it. */
const { crypto, performance, setTimeout, TextEncoder, TextDecoder, AbortController } = globalThis;
const BROWSER = { crypto, performance, setTimeout, TextEncoder, TextDecoder, AbortController };

const TRAINING = { epochs: 2, batch: 4, microBatch: 2, learningRate: 0.01 };
const SLICES = { size: 32, seed: 1, train: 4, validation: 2 };
const CONFIG = { filters: [4, 8] };

/** A script of the page: it trains an epoch, writes a checkpoint, and goes on from its bytes with another model. */
const SCRIPT = `(async () => {
  const module = new WebAssembly.Module(Uint8Array.from(kernels));
  const { WasmBackend, createModel, decodeCheckpoint, encodeCheckpoint, syntheticDataset, trainModel } = unetpp;
  const newModel = () => createModel(${JSON.stringify(CONFIG)}, { backend: new WasmBackend(module) });
  const dataset = syntheticDataset(${JSON.stringify(SLICES)});
  const options = { ...${JSON.stringify(TRAINING)}, augment: (sample, key) => unetpp.augment(sample, [], key) };
  let file = [];
  const onCheckpoint = async (checkpoint) => {
    file = (await encodeCheckpoint(checkpoint)).flatMap((part) => [...part]);
  };
  for await (const { epoch } of trainModel(newModel(), dataset, { ...options, epochs: 1, onCheckpoint }));
  const resume = await decodeCheckpoint(Uint8Array.from(file), 'checkpoint');
  const model = newModel();
  for await (const { epoch } of trainModel(model, dataset, { ...options, resume }));
  return unetpp.weightsSha256(model);
})()`;

test("a page's bundle of the core trains, goes on from a checkpoint, and has the bits of Node", async () => {
  const { outputFiles } = await build({
    stdin: { contents: "export * from 'unetpp/core'", resolveDir: PACKAGE.pathname },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'unetpp',
    external: optionalPackages(),
    write: false,
    logLevel: 'silent',
  });
  const { contents, text } = outputFiles[0]!;
  assert.not.match(text, /["'`]node:/);
  const kilobytes = (bytes: Uint8Array) => (bytes.length / 1000).toFixed(0);
  console.log(
    `note: a page's bundle of unetpp/core takes ${kilobytes(contents)} kB, ${kilobytes(gzipSync(contents))} kB compressed`,
  );

  const kernels = [...readFileSync(new URL('dist/wasm/unetpp.wasm', PACKAGE))];
  const page = createContext({ ...BROWSER, kernels });
  runInContext(`${text};globalThis.unetpp = unetpp`, page);
  assert.is(runInContext('typeof process + typeof require + typeof Buffer', page), 'undefined'.repeat(3));
  const weights = await runInContext(SCRIPT, page);

  const refusal = await runInContext('unetpp.openDevice(undefined).catch(({ message }) => message)', page);
  const advice = 'take a browser with WebGPU, over HTTPS, or take the wasm backend';
  assert.is(refusal, `webgpu: this page has no navigator.gpu; ${advice}`);

  const model = createModel(CONFIG);
  for await (const _ of trainModel(model, syntheticDataset(SLICES), TRAINING));
  assert.is(weights, await weightsSha256(model));
});

test.run();
