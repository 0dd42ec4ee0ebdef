/** The moving average of the weights: by hand, saved and restored, and in the place of the parameters. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import type { Storage } from '../../src/backend/backend.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { Random, seedKey } from '../../src/base/random.js';
import { createModel } from '../../src/index.js';
import { identical, mismatch } from '../../src/selftest/compare.js';
import { WeightAverage } from '../../src/train/optimizer/average.js';
import { teamBackend, wasmBackend } from '../support/backend/backends.js';
import { throwsInput } from '../support/throws.js';

const storeOf = (trainable: Storage) => ({ trainable, weightsChanged() {} });

/** Parameters, their average, and a way to move them: the numbers of move k are the same each time. */
function setUp(length: number, decay: number, backend = wasmBackend()) {
  const parameters = backend.allocate(length);
  const move = (k: number): void => {
    const random = new Random(seedKey(k));
    parameters.write(Float64Array.from({ length }, () => random.normal()));
  };
  move(0);
  const average = new WeightAverage(backend, storeOf(parameters), decay);
  return { parameters, average, move };
}

test('by hand: the decay rises as (1 + n) / (10 + n) to what was asked for', async () => {
  const backend = new ReferenceBackend('float64');
  const parameters = backend.allocate(2);
  parameters.write([11, 0]);
  const average = new WeightAverage(backend, storeOf(parameters), 0.25);
  assert.equal([...(await average.storage.read())], [11, 0], 'it begins as a copy');
  const updated = (...values: number[]) => {
    parameters.write(values);
    average.update();
    return average.storage.read();
  };
  // d = 2/11
  assert.is(mismatch(await updated(0, 11), [2, 9], 1e-15), undefined);
  // d = min(0.25, 3/12)
  assert.is(mismatch(await updated(10, 1), [8, 3], 1e-15), undefined);
  // 4/13 is above 0.25
  assert.is(mismatch(await updated(0, -1), [2, 0], 1e-15), undefined);
  assert.equal([...(await parameters.read())], [0, -1], 'parameters stay as they are');
  assert.is(average.updates, 3);
});

test('initial weights are forgotten soon', async () => {
  const backend = new ReferenceBackend('float64');
  const parameters = backend.allocate(1);
  parameters.write([1]);
  const average = new WeightAverage(backend, storeOf(parameters), 0.9999);
  parameters.write([0]);
  for (let n = 1; n <= 50; n++) {
    average.update();
    // the product of (1 + k) / (10 + k)
    let share = 1;
    for (let k = 2; k <= 10; k++) share *= k / (n + k);
    assert.is(mismatch(await average.storage.read(), [share], 1e-12), undefined, `${n}`);
  }
});

test('saved and restored it goes on, bit for bit', async () => {
  const run = ({ average, move }: ReturnType<typeof setUp>, first: number): void => {
    for (let k = first; k < first + 4; k++) {
      move(k);
      average.update();
    }
  };
  const whole = setUp(1000, 0.5);
  run(whole, 1);
  run(whole, 5);

  const before = setUp(1000, 0.5);
  run(before, 1);
  const after = setUp(1000, 0.5);
  after.average.storage.write(await before.average.storage.read());
  after.average.restoreState(JSON.parse(JSON.stringify(before.average.saveState())));
  run(after, 5);
  assert.ok(identical(await after.average.storage.read(), await whole.average.storage.read()));
  assert.is(after.average.updates, 8);
});

test('the same bits for any number of threads', async () => {
  const results = [wasmBackend(), teamBackend(3)].map((backend) => {
    const { average, move } = setUp(50_003, 0.9, backend);
    move(1);
    average.update();
    return average.storage.read();
  });
  const [alone, shared] = await Promise.all(results);
  assert.ok(identical(alone!, shared!));
});

test('swapped, the model predicts with the average; swapped again, it is as it was', async () => {
  const backend = wasmBackend();
  const model = createModel({ filters: [8, 16] }, { backend, seed: 1 });
  const other = createModel({ filters: [8, 16] }, { backend, seed: 2 });
  const x = { shape: [1, 8, 8, 1], data: Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)) };
  const average = new WeightAverage(backend, model.parameters, 0.5);
  const initial = await model.logits(x);
  model.parameters.restore(await other.parameters.snapshot());
  const trained = await model.logits(x);
  assert.not.equal(trained, initial);
  average.swap();
  assert.equal(await model.logits(x), initial);
  const inTheWay = 'internal: the average stands in the place of the parameters';
  assert.throws(() => average.update(), inTheWay);
  assert.throws(() => average.saveState(), inTheWay);
  average.swap();
  assert.equal(await model.logits(x), trained);
  average.update();
});

for (const decay of [-0.1, 1, Number.NaN]) {
  test(`refused: a decay of ${decay}`, () => {
    const message = `training: the decay of the average is ${decay}, expected at least 0 and below 1`;
    throwsInput(() => setUp(3, decay), message);
  });
}

test.run();
