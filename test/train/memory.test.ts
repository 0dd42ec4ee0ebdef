/** The memory that is stated beforehand is the memory that is taken. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import type { WasmStorage } from '../../src/backend/wasm/storage.js';

import {
  createBackend,
  createModel,
  evaluate,
  type Model,
  type ModelConfig,
  summarize,
  type TrainOptions,
  trainModel,
} from '../../src/index.js';
import { evaluationMemory, trainingMemory } from '../../src/train/memory.js';
import { ownSizes } from '../support/training/own-sizes.js';
import { squares } from '../support/training/squares.js';

const PAGE = 65536;

/** Bytes of the backend's memory. */
function taken({ parameters }: Model): number {
  return (parameters.trainable as WasmStorage).owner.memory.buffer.byteLength;
}

/** To the page, and some steps of 64 bytes: the tiny arenas of the optimizer and the average are not planned for. */
function assertTaken(model: Model, bytes: number, message: string): void {
  const rest = taken(model) - bytes;
  assert.ok(rest >= 0 && rest < PAGE + 1024, `${message}: ${bytes} bytes are stated, ${rest} more are taken`);
}

const CONFIGS: readonly Partial<ModelConfig>[] = [
  { filters: [16, 32, 64], norm: 'batch' },
  { filters: [8, 24, 40, 56], skips: 'original', upsample: 'bilinear', norm: 'group' },
  { filters: [5, 12], classes: 3 },
];

for (const threads of [1, 2]) {
  test(`prediction with ${threads} threads`, async () => {
    for (const config of CONFIGS) {
      for (const mode of ['accurate', 'L1'] as const) {
        const backend = createBackend('wasm', { threads });
        const model = createModel(config, { backend });
        const size = { width: 72, height: 56 };
        const { parameterBytes, levels, ...all } = summarize(model.config, size, backend);
        const { preparedBytes, workingBytes } = mode === 'accurate' ? all : levels[0]!;
        assert.ok(preparedBytes > 0 && parameterBytes > 0);
        const image = { ...size, channels: 1, data: new Float32Array(size.width * size.height) };
        for (let n = 0; n < 2; n++) await model.probabilities([image], mode);
        assertTaken(model, parameterBytes + preparedBytes + workingBytes, `${JSON.stringify(config)} ${mode}`);
        backend.close();
      }
    }
  });
}

test('evaluation, the last batch being smaller', async () => {
  for (const threads of [1, 2]) {
    for (const config of CONFIGS) {
      if (config.classes) continue;
      const backend = createBackend('wasm', { threads });
      const model = createModel(config, { backend });
      const dataset = squares({ size: 32, train: 9 });
      await evaluate(model, dataset, { subset: 'train', batch: 4 });
      const { packed, working } = evaluationMemory(model.config, { size: 32, batch: 4, images: 9 }, backend);
      const { parameterBytes } = summarize(model.config, { width: 32, height: 32 }, backend);
      assertTaken(model, parameterBytes + packed + working, JSON.stringify(config));
      backend.close();
    }
  }
});

/** Mini-batches of several sizes, the last micro-batch of each being smaller; and less than one micro-batch in all. */
const SHAPES = [
  { train: 23, batch: 9, microBatch: 2 },
  { train: 3, batch: 16, microBatch: 4 },
];

for (const workers of [1, 2, 3]) {
  test(`training with ${workers} workers`, async () => {
    // Starting threads takes most of the time.
    for (const [k, config] of CONFIGS.slice(0, workers === 3 ? 1 : 2).entries()) {
      for (const { train, ...shape } of SHAPES) {
        const backend = createBackend('wasm', { workers, threads: workers });
        const model = createModel(config, { backend });
        // Whoever watches the steps takes the norm of the gradients.
        const more: TrainOptions = { optimizer: 'sgd', emaDecay: 0.9, observers: [{ step: () => {} }] };
        const options: TrainOptions = { ...shape, epochs: 2, ...(k === 1 && more) };
        const images = { train, validation: 6 };
        const { total } = trainingMemory(model.config, { ...options, ...shape, size: 32, images }, backend);
        for await (const _ of trainModel(model, squares({ size: 32, train }), options));
        assertTaken(model, total, JSON.stringify({ config, train, ...shape }));
        backend.close();
      }
    }
  });
}

test('training on patches: images are validated whole, one at a time', async () => {
  const backend = createBackend('wasm', { workers: 2, threads: 2 });
  const model = createModel(CONFIGS[0]!, { backend });
  const shape = { batch: 9, microBatch: 2 };
  const images = { train: 5 * 4, validation: 4 };
  const whole = { largest: { width: 92, height: 51 }, pixels: 9 * 92 * 51 };
  const stated = trainingMemory(model.config, { ...shape, size: 16, images, whole }, backend);
  const dataset = ownSizes({ patch: 16, patches: 4, sizes: [[92, 51]] });
  for await (const _ of trainModel(model, dataset, { ...shape, epochs: 2 }));
  assertTaken(model, stated.total, 'patches');
  const held = trainingMemory(model.config, { ...shape, size: 16, images, whole, cacheBytes: 0 }, backend);
  assert.is(stated.outside - held.outside, whole.pixels * 5);
  backend.close();
});

test('a team that trains, without workers', async () => {
  const backend = createBackend('wasm', { threads: 2 });
  const model = createModel(CONFIGS[0]!, { backend });
  const shape = { batch: 4, microBatch: 2, size: 32, images: { train: 4, validation: 6 } };
  for await (const _ of trainModel(model, squares({ size: 32, train: 4 }), { ...shape, epochs: 1 }));
  assertTaken(model, trainingMemory(model.config, shape, backend).total, 'two threads');
  backend.close();
});

test.run();
