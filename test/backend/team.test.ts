/** A team of threads computes the same bits as one thread, whatever its size. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Backend, Values } from '../../src/backend/backend.js';
import type { NdArray } from '../../src/backend/run.js';
import { Random, seedKey } from '../../src/base/random.js';
import { createBackend, type ModelConfig, trainModel, weightsSha256 } from '../../src/index.js';
import { createModel, type Model } from '../../src/model/model.js';
import { availableCores } from '../../src/platform/node/threads/cores.js';
import { recordCase } from '../../src/selftest/case.js';
import { cases } from '../../src/selftest/cases.js';
import { identical } from '../../src/selftest/compare.js';
import { compileCase, execute } from '../../src/selftest/execute.js';
import { teamBackend, wasmBackend } from '../support/backend/backends.js';
import { type AnyKernel, withKernels } from '../support/backend/kernels.js';
import { squares } from '../support/training/squares.js';

const SIZES = [2, 3, 5];
const alone = wasmBackend();
const teams = SIZES.map(teamBackend);

/** The kernel, whose work is done in `count` chunks, the last one first, in a workspace full of NaN. */
function inChunks(kernel: AnyKernel, count: number): AnyKernel {
  if (!kernel.units) return kernel;
  return {
    ...kernel,
    run(exports, call) {
      const units = call.range.last;
      const workspace = new Float32Array(exports.memory.buffer, call.workspace, kernel.workspace?.(call.geometry) ?? 0);
      for (let k = count - 1; k >= 0; k--) {
        workspace.fill(NaN);
        const range = { first: Math.floor((units * k) / count), last: Math.floor((units * (k + 1)) / count) };
        kernel.run(exports, { ...call, range });
      }
    },
  };
}

function assertSameBits(actual: readonly Values[], expected: readonly Values[], message: string): void {
  expected.forEach((values, k) => {
    assert.ok(identical(actual[k]!, values), `${message}: output ${k}`);
  });
}

for (const c of cases) {
  test(`${c.family}: ${c.label}`, async () => {
    const recorded = recordCase(c);
    const expected = await execute(compileCase(alone, recorded), recorded);
    for (const backend of teams) {
      assertSameBits(await execute(compileCase(backend, recorded), recorded), expected, backend.name);
    }
    for (const count of [2, 3, 7, 64]) {
      const values = await withKernels(
        (_, kernel) => inChunks(kernel, count),
        () => execute(compileCase(alone, recorded), recorded),
      );
      assertSameBits(values, expected, `${count} chunks one after the other`);
    }
  });
}

test('all ops of inference are cut into units but the statistics of norms, and the optimizers', () => {
  const ops = [
    'conv2d',
    'convTranspose2d',
    'maxPool2d',
    'upsample2d',
    'concat',
    'normalise',
    'relu',
    'sigmoid',
    'softmax',
  ];
  const cut: string[] = [];
  withKernels(
    (name, kernel) => {
      if (kernel.units) cut.push(name);
      return kernel;
    },
    () => {},
  );
  assert.equal(
    [...ops, 'weightedSum', 'sgd', 'adam', 'chunkNorms', 'lerp'].filter((op) => !cut.includes(op)),
    [],
  );
});

const networks: Record<string, Partial<ModelConfig>> = {
  Winograd: { filters: [8, 16, 24] },
  'many filters and few pixels': { filters: [8, 32, 256] },
  'odd filters, three channels, several classes': { filters: [3, 5, 9], inChannels: 3, classes: 3 },
  'batch norm, bilinear': { filters: [8, 12, 16], norm: 'batch', upsample: 'bilinear' },
  'instance norm, nearest': { filters: [4, 8, 12], norm: 'instance', upsample: 'nearest' },
  'group norm, U-Net+': { filters: [8, 16, 24], norm: 'group', skips: 'adjacent' },
};

/** Batches of images; the smallest have fewer rows than there are threads. */
const IMAGES = [
  [1, 4, 4],
  [1, 36, 20],
  [3, 16, 24],
];

function imagesOf(model: Model, [batch, height, width]: readonly number[]): NdArray {
  const shape = [batch!, height!, width!, model.config.inChannels];
  const random = new Random(seedKey(7));
  return { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform()) };
}

for (const [name, config] of Object.entries(networks)) {
  test(`network: ${name}`, async () => {
    const model = createModel(config, { backend: alone, seed: 3 });
    for (const backend of teams) {
      const shared = createModel(config, { backend, seed: 3 });
      for (const size of IMAGES) {
        const x = imagesOf(model, size);
        assertSameBits(await shared.logits(x), await model.logits(x), `${backend.name}, ${size}`);
      }
    }
  });
}

test('prediction of a raw image, and the model file', async () => {
  const random = new Random(seedKey(1));
  const data = Float32Array.from({ length: 33 * 27 }, () => random.uniform());
  const image = { width: 33, height: 27, channels: 1, data };
  const of = async (backend: Backend) => {
    const model = createModel({ filters: [8, 16, 24] }, { backend });
    return { sha256: weightsSha256(model), prediction: await model.predict(image) };
  };
  const expected = await of(alone);
  // The last one with the vectoriser, where there is one.
  for (const backend of [...teams, createBackend('wasm', { threads: 3 })]) {
    assert.equal(await of(backend), expected, backend.name);
  }
});

test('training', async () => {
  const trained = async (backend: Backend) => {
    const model = createModel({ filters: [8, 16] }, { backend, seed: 1 });
    for await (const _ of trainModel(model, squares({ train: 6 }), { epochs: 2, batch: 4, learningRate: 1e-2 })) {
    }
    return weightsSha256(model);
  };
  const expected = await trained(alone);
  for (const backend of teams) assert.is(await trained(backend), expected, backend.name);
});

test('200 runs in a row, while the memory grows and programs take turns', async () => {
  const config = { filters: [8, 16] };
  const model = createModel(config, { backend: alone });
  const shared = createModel(config, { backend: teams[1]! });
  const expected = new Map<number, Values[]>();
  for (let k = 0; k < 200; k++) {
    const size = 8 + 2 * (k % 3) + 8 * Math.floor(k / 25);
    const x = imagesOf(model, [1, size, size]);
    if (!expected.has(size)) expected.set(size, await model.logits(x));
    assertSameBits(await shared.logits(x), expected.get(size)!, `run ${k}`);
  }
});

test('how many threads', () => {
  assert.is(createBackend().threads, 1);
  assert.is(createBackend('wasm', { threads: 'auto' }).threads, Math.min(16, availableCores()));
  assert.is(createBackend('wasm', { threads: 3 }).threads, 3);
  for (const threads of [0, -1, 1.5, Number.NaN, 10_000]) {
    assert.throws(
      () => createBackend('wasm', { threads }),
      /^threads: expected 'auto' or a whole number from 1 to 256/,
    );
  }
});

test.run();
