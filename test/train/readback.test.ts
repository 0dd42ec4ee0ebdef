/** On a backend that answers late, a training step waits for no more than it must, and reads little. */
import { setImmediate as nextTask } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Backend } from '../../src/backend/backend.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { chunks } from '../../src/base/chunks.js';
import { createModel, type Model, type ModelConfig } from '../../src/index.js';
import { type Example, TrainingStep } from '../../src/train/step/step.js';
import { QueuedBackend } from '../support/backend/queued-backend.js';
import { squares } from '../support/training/squares.js';

const SIZE = 8;
/** Two micro-batches, the second of which is smaller. */
const MICRO_BATCHES = 2;
const STEPS = 3;

async function examplesOf(count: number): Promise<Example[]> {
  const dataset = squares({ train: count, size: SIZE });
  return Promise.all(
    dataset.split.train.map(async (name, k) => {
      const { image, mask } = await dataset.load(name);
      return { name, image, mask, dropoutKey: [k, 0] as const };
    }),
  );
}

const batch = await examplesOf(3);

function stepOn(backend: Backend, config: Partial<ModelConfig>): { model: Model; step: TrainingStep } {
  const model = createModel({ filters: [2, 3], ...config }, { backend, seed: 3 });
  return { model, step: new TrainingStep(model, { width: SIZE, height: SIZE, maxGradientNorm: 0.1 }) };
}

function accumulate(step: TrainingStep) {
  const parts = chunks(batch, 2);
  assert.is(parts.length, MICRO_BATCHES);
  return step.accumulate(
    batch.length,
    parts.map((part) => async () => part),
  );
}

/** Holds the answers of reads back until the function that it returns is called. */
function holdBack({ queue }: QueuedBackend): () => void {
  let answer = () => {};
  queue.answering = new Promise<void>((resolve) => {
    answer = resolve;
  });
  return answer;
}

/** Some turns of the event loop: enough for whatever waits for nothing else. */
async function turns(): Promise<void> {
  for (let k = 0; k < 2000; k++) await nextTask();
}

/** Takes steps, and asks for the norm of each as an observer does. */
async function taken(step: TrainingStep) {
  const results = [];
  for (let k = 0; k < STEPS; k++) {
    const { losses } = await accumulate(step);
    step.update(0.01);
    results.push({ losses, norm: step.gradientNorm() });
  }
  return results;
}

async function known(results: Awaited<ReturnType<typeof taken>>) {
  return Promise.all(results.map(async ({ losses, norm }) => [await losses, await norm]));
}

test('steps without running statistics wait for no read; there is one for each micro-batch, and one for the norm', async () => {
  const backend = new QueuedBackend();
  const { model, step } = stepOn(backend, {});
  const answer = holdBack(backend);
  const before = backend.queue.reads;
  let results: Awaited<ReturnType<typeof taken>> | undefined;
  void taken(step).then((all) => {
    results = all;
  });
  while (backend.queue.reads < before + STEPS * (MICRO_BATCHES + 1) && !results) {
    const { length } = backend.queue;
    await turns();
    assert.ok(results || backend.queue.length > length, 'it waits for an answer');
  }
  await turns();
  assert.ok(results, 'all steps are taken, and nothing is answered');
  assert.is(backend.queue.reads, before + STEPS * (MICRO_BATCHES + 1));
  answer();
  const here = stepOn(new ReferenceBackend(), {});
  assert.equal(await known(results!), await known(await taken(here.step)));
  assert.equal(await model.parameters.snapshot(), await here.model.parameters.snapshot());
});

test('with running statistics a mini-batch waits for them, as the next one begins with them', async () => {
  const backend = new QueuedBackend();
  const { model, step } = stepOn(backend, { norm: 'batch' });
  const answer = holdBack(backend);
  const before = backend.queue.reads;
  let done = false;
  const first = accumulate(step).then((accumulated) => {
    done = true;
    return accumulated;
  });
  await turns();
  assert.not(done);
  assert.is(backend.queue.reads, before + MICRO_BATCHES, 'losses and statistics come together');
  answer();
  const { losses } = await first;
  const here = stepOn(new ReferenceBackend(), { norm: 'batch' });
  const expected = await accumulate(here.step);
  assert.equal(await losses, await expected.losses);
  assert.equal(await model.parameters.statistics.read(), await here.model.parameters.statistics.read());
});

test.run();
