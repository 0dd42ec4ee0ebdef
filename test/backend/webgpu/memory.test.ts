/** Memory of a device: what it has no room for is one line, what is cut into pages is computed as ever, all is given back. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Graph } from '../../../src/graph/graph.js';
import { createModel, type Model, prune, trainModel, type WebGpuBackend, weightsSha256 } from '../../../src/index.js';
import { add, relu } from '../../../src/ops/index.js';
import type { Faults } from '../../support/backend/fragile-device.js';
import { fragileWebGpu, testWebGpu } from '../../support/backend/webgpu.js';
import { messageOf } from '../../support/faults.js';
import { throwsInput } from '../../support/throws.js';
import { squares } from '../../support/training/squares.js';

const LESS = 'take smaller images, a smaller micro-batch or the wasm backend';
const MB = 2 ** 20;
const image = { width: 20, height: 12, channels: 1, data: Float32Array.from({ length: 240 }, (_, i) => (i % 7) / 7) };
const dataset = squares({ train: 6, size: 16 });

async function trained(backend: WebGpuBackend): Promise<Model> {
  const model = createModel({ filters: [4, 8, 16], norm: 'batch', dropout: 0.1 }, { backend, seed: 1 });
  await trainOn(model);
  return model;
}

async function trainOn(model: Model): Promise<void> {
  for await (const _ of trainModel(model, dataset, { epochs: 1, batch: 4, microBatch: 2, maxGradientNorm: 1 }));
}

const backend = await testWebGpu();

if (backend) {
  const roomy = async (faults: Faults) => (await fragileWebGpu(faults)).backend;

  test('a storage that there is no room for is an error of whoever reads', async () => {
    const small = await roomy({ room: MB });
    const fits = small.allocate(MB / 4);
    assert.is((await fits.read()).length, MB / 4);
    const storage = small.allocate(MB);
    storage.write(new Float32Array(MB).fill(1));
    const told = `webgpu: a memory of ${MB} values needs 4 MB beside 2 MB in use, and the GPU has no more; ${LESS}`;
    assert.is(await messageOf(storage.read()), told);
    // Nothing is computed any more.
    throwsInput(() => fits.fill(1), told);
    small.close();
  });

  test('a network that there is no room for says so in one line, and so does training', async () => {
    const small = await roomy({ room: MB / 2 });
    const model = createModel({ filters: [4, 8] }, { backend: small });
    const large = { width: 256, height: 256, channels: 1, data: new Float32Array(256 * 256) };
    const told = (what: string) =>
      new RegExp(`^webgpu: ${what} needs \\d MB beside \\d MB in use, and the GPU has no more; ${LESS}$`);
    assert.match(await messageOf(model.predict(large)), told('the working memory'));
    small.close();
    const training = await roomy({ room: MB / 2 });
    const other = createModel({ filters: [8, 16, 32, 64] }, { backend: training });
    assert.match(await messageOf(trainOn(other)), told('a memory of \\d+ values'));
    training.close();
  });

  test('what no device of this size can hold is refused before it is asked for', async () => {
    throwsInput(
      () => backend.allocate(2 ** 27),
      `webgpu: a memory of ${2 ** 27} values needs 512 MB, and a buffer of this device has at most 256 MB; ${LESS}`,
    );
    const graph = new Graph();
    const y = relu(graph.input('x', [1, 6000, 6000, 1]));
    throwsInput(
      () => backend.plan([y], new Set()),
      `webgpu: relu works on [1,6000,6000,1], 138 MB, and this device binds at most 128 MB at once; ${LESS}`,
    );
    // It has allocated nothing, and still computes.
    const storage = backend.allocate(4);
    assert.equal(await storage.read(), new Float32Array(4));
    storage.free();
  });

  test('an arena on several pages computes the same bits', async () => {
    // No tensor has a size that divides it.
    const maxBufferSize = 500_000;
    const paged = await roomy({ limits: { maxBufferSize } });
    const images = squares({ train: 2, size: 32 });
    const results = [];
    for (const each of [paged, backend]) {
      const model = createModel({ filters: [4, 8, 16] }, { backend: each, seed: 1 });
      const { outputs } = model.record('accurate', { batch: 1, height: 128, width: 128 });
      if (each === paged) assert.ok(4 * each.plan(outputs, new Set()).length > 2 * maxBufferSize, 'it is on few pages');
      const large = {
        width: 128,
        height: 128,
        channels: 1,
        data: Float32Array.from({ length: 128 ** 2 }, (_, i) => (i % 9) / 9),
      };
      const prediction = await model.predict(large);
      for await (const _ of trainModel(model, images, { epochs: 1, batch: 2, microBatch: 2 }));
      results.push({ prediction, sha256: await weightsSha256(model) });
      model.free();
    }
    assert.equal(results[0], results[1]);
    paged.close();
  });

  test('training, predicting and pruning give back what they take', async () => {
    const fresh = await roomy({});
    const model = await trained(fresh);
    await model.predict(image);
    const before = fresh.bytes;
    for (let k = 0; k < 3; k++) {
      await trainOn(model);
      await model.predict(image);
      const part = prune(model, 1);
      await part.predict(image);
      part.free();
      assert.is(fresh.bytes, before);
    }
    model.free();
    // What remains are buffers for reading, copying and bindings without use.
    assert.ok(fresh.bytes < 5 * MB, `${fresh.bytes} bytes`);
    const left = fresh.bytes;
    (await trained(fresh)).free();
    assert.is(fresh.bytes, left);
    fresh.close();
  });

  test('the working memory shrinks when the program that needed it is gone', async () => {
    const program = (length: number) => {
      const graph = new Graph();
      const x = graph.input('x', [length]);
      const y = add(relu(x), x);
      return { x, y, program: backend.compile([y]) };
    };
    const small = program(64);
    const before = backend.bytes;
    const large = program(MB);
    large.program.free();
    assert.is(backend.bytes, before);
    small.program.write(small.x, new Float32Array(64).fill(1));
    small.program.run();
    assert.equal(await small.program.read(small.y), new Float32Array(64).fill(2));
    small.program.free();
  });

  test('buffers for reading are kept, but not without bound', async () => {
    const storage = backend.allocate(MB);
    const before = backend.bytes;
    for (let k = 0; k < 3; k++) {
      const reads = Array.from({ length: 24 }, async () => (await storage.read()).length);
      assert.equal(await Promise.all(reads), Array(24).fill(MB));
    }
    assert.ok(backend.bytes - before <= 64 * MB, `${backend.bytes - before} bytes`);
    storage.free();
  });

  test.after(() => backend.close());
}

test.run();
