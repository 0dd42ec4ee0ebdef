/** Training on patches of images at their own sizes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Key } from '../../src/base/random.js';
import { type Augment, augment, parseAugmentations } from '../../src/data/augment/augment.js';
import {
  type Checkpoint,
  createBackend,
  createModel,
  decodeCheckpoint,
  type EpochReport,
  encodeCheckpoint,
  type TrainOptions,
  trainModel,
  weightsSha256,
} from '../../src/index.js';
import { drawsOf, shuffled } from '../../src/train/loop/batches.js';
import { rejection } from '../support/throws.js';
import { type OwnSizesOptions, ownSizes } from '../support/training/own-sizes.js';

const ALL = parseAugmentations('all');
const augmentAll: Augment = (sample, key, window) => augment(sample, ALL, key, window);

interface Setup extends OwnSizesOptions {
  readonly workers?: number;
  readonly options?: TrainOptions;
}

async function trained({ workers = 1, options, ...data }: Setup = {}) {
  const backend = createBackend('wasm', { workers });
  try {
    const model = createModel({ filters: [4, 8], dropout: 0.2 }, { backend });
    const reports: EpochReport[] = [];
    const settings = { epochs: 2, batch: 4, microBatch: 2, learningRate: 1e-2, ...options };
    for await (const report of trainModel(model, ownSizes({ patches: 3, ...data }), settings)) reports.push(report);
    return { model, reports, sha256: await weightsSha256(model) };
  } finally {
    backend.close();
  }
}

test('the same bits with one worker and with several; others with another seed, or without augmentation', async () => {
  const options = { augment: augmentAll };
  const [one, three, other, plain] = [
    await trained({ options }),
    await trained({ options, workers: 3 }),
    await trained({ options: { ...options, seed: 2 } }),
    await trained(),
  ];
  assert.is(three.sha256, one.sha256);
  assert.is.not(other.sha256, one.sha256);
  assert.is.not(plain.sha256, one.sha256);
  assert.equal(one.model.card.preprocessing, { normalisation: 'range', patch: 16 });
  for (const { validation } of one.reports) assert.is(validation.images, 4);
});

test('an epoch has so many patches of each image, each with a key of its own', async () => {
  const keys: Key[] = [];
  const windows: string[] = [];
  const names: string[] = [];
  const note: Augment = (sample, key, window) => {
    keys.push(key);
    names.push(sample.name);
    windows.push(JSON.stringify(window));
    return augment(sample, [], key, window);
  };
  await trained({ patches: 4, sizes: [[41, 30]], options: { augment: note } });
  assert.is(keys.length, 2 * 5 * 4);
  assert.is(new Set(keys.map(String)).size, keys.length);
  // Of 26 x 15 places: a few may be drawn twice.
  assert.ok(new Set(windows).size > 30, `${new Set(windows).size}`);
  const order = shuffled(drawsOf(['train-0', 'train-1', 'train-2', 'train-3', 'train-4'], 4), 1, 1);
  assert.equal(
    names.slice(0, 20),
    order.map(({ name }) => name),
  );
});

test('resumed within an epoch, it goes on with the bits of one that was never stopped', async () => {
  const options: TrainOptions = { augment: augmentAll };
  const { sha256 } = await trained({ options });
  const written: Uint8Array[] = [];
  const onCheckpoint = async (checkpoint: Checkpoint) => {
    written.push(Buffer.concat(await encodeCheckpoint(checkpoint)));
  };
  await trained({ options: { ...options, onCheckpoint, checkpointEvery: { steps: 2 } } });
  // The first is written in the first epoch, after 2 of its 4 steps.
  const resume = await decodeCheckpoint(written[0]!, 'checkpoint');
  const resumed = await trained({ options: { ...options, resume } });
  assert.is(resumed.sha256, sha256);
});

test('an augmentation that does not return the window that it is given', async () => {
  assert.is(
    await rejection(trained({ sizes: [[41, 30]], options: { augment: (sample) => sample } })),
    'training: "train-1" came from augment with 41x30 pixels, expected 16x16; it returns the window that it is given',
  );
});

test('a patch that cannot be halved often enough', async () => {
  assert.is(
    await rejection(trained({ patch: 17 })),
    'patch 17x17: a network of depth 1 needs a multiple of 2; use 16 or 18',
  );
});

test.run();
