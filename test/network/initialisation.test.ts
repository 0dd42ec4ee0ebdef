/** Initial values: their distributions, and that they are the same bits everywhere. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Values } from '../../src/backend/backend.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { createModel } from '../../src/model/model.js';
import { weightsSha256 } from '../../src/model/modelfile.js';
import { type Initialisation, initialisations } from '../../src/network/initialisation.js';

const backend = new ReferenceBackend();
const modelOf = (initialisation: Initialisation, seed = 1) =>
  createModel({ filters: [32, 48, 64], norm: 'batch' }, { backend, seed, initialisation });

/** conv1_0.conv2 has 9 x 48 inputs and 9 x 48 outputs an element, conv1_1.conv1 9 x 96 and 9 x 48. */
const NAME = 'conv1_1.conv1.weight';
const [FAN_IN, FAN_OUT] = [9 * 96, 9 * 48];

const expectedDeviation: Record<Initialisation, number> = {
  'he-normal': Math.sqrt(2 / FAN_IN),
  'he-uniform': Math.sqrt(2 / FAN_IN),
  'xavier-normal': Math.sqrt(2 / (FAN_IN + FAN_OUT)),
  'xavier-uniform': Math.sqrt(2 / (FAN_IN + FAN_OUT)),
  torch: Math.sqrt(1 / FAN_IN / 3),
};

for (const initialisation of initialisations) {
  test(`${initialisation}: mean 0, the deviation stated, bounded where uniform`, async () => {
    const data = await modelOf(initialisation).parameters.get(NAME).read();
    const expected = expectedDeviation[initialisation];
    const { mean, deviation, largest } = moments(data);
    assert.ok(Math.abs(mean) < 0.02 * expected, `mean ${mean}`);
    assert.ok(Math.abs(deviation / expected - 1) < 0.02, `deviation ${deviation}, expected ${expected}`);
    const bounded = largest <= Math.sqrt(3) * expected * (1 + 1e-6);
    assert.is(bounded, !initialisation.endsWith('normal'));
  });
}

test('biases are 0, norms start as the identity', async () => {
  const { parameters } = modelOf('he-normal');
  for (const { name, kind } of parameters.list) {
    if (kind === 'conv2d' || kind === 'convTranspose2d') continue;
    const value = kind === 'gamma' || kind === 'runningVariance' ? 1 : 0;
    assert.ok(
      (await parameters.get(name).read()).every((x) => x === value),
      name,
    );
  }
});

test("PyTorch's biases are uniform over 1 / sqrt(fan-in)", async () => {
  const data = await modelOf('torch').parameters.get('conv1_1.conv1.bias').read();
  assert.ok(data.every((x) => Math.abs(x) <= Math.sqrt(1 / FAN_IN)));
  assert.ok(new Set(data).size > 40);
});

test('the weights of a head have alternating signs, but those of PyTorch', async () => {
  const signs = async (initialisation: Initialisation, classes: number) => {
    const model = createModel({ filters: [8, 8], classes }, { backend, initialisation });
    return [...(await model.parameters.get('final1.weight').read())].map(Math.sign).join();
  };
  assert.is(await signs('he-normal', 1), '1,-1,1,-1,1,-1,1,-1');
  assert.is(await signs('xavier-uniform', 3), '1,-1,1,-1,1,-1,1,-1,1,-1,1,-1,1,-1,1,-1,1,-1,1,-1,1,-1,1,-1');
  assert.is.not(await signs('torch', 1), '1,-1,1,-1,1,-1,1,-1');
});

test('heads begin with the shares of the classes as their answer', async () => {
  const answer = async (classes: number, classShares: readonly number[]) => {
    const model = createModel({ filters: [4, 4], classes }, { backend, classShares });
    return [...(await model.parameters.get('final1.bias').read())];
  };
  const [logit] = await answer(1, [0.98, 0.02]);
  assert.ok(Math.abs(1 / (1 + Math.exp(-logit!)) - 0.02) < 1e-8, `${logit}`);
  const logits = await answer(3, [0.9, 0.1, 0]);
  const sum = logits.reduce((total, each) => total + Math.exp(each), 0);
  // A class that never occurs counts as a thousandth.
  const shares = [0.9, 0.1, 0.001].map((share) => share / 1.001);
  for (const [k, share] of shares.entries())
    assert.ok(Math.abs(Math.exp(logits[k]!) / sum - share) < 1e-7, `${logits}`);
});

test('shares that are not those of the classes are refused', () => {
  assert.throws(
    () => createModel({ filters: [4, 4], classes: 3 }, { backend, classShares: [0.5, 0.5] }),
    /^createModel: classShares is \[0\.5,0\.5\], expected 3 numbers from 0 to 1, the background first$/,
  );
});

test('transposed convolutions count their fans as PyTorch and Keras do', async () => {
  const data = await modelOf('he-normal').parameters.get('up1_1.weight').read();
  const { deviation } = moments(data);
  assert.ok(Math.abs(deviation / Math.sqrt(2 / (4 * 48)) - 1) < 0.02, `${deviation}`);
});

test('a parameter has the same values in every network that has it', async () => {
  const small = createModel({ filters: [32, 48], norm: 'batch' }, { backend });
  const large = modelOf('he-normal');
  const [ours, theirs] = [await small.parameters.read(), await large.parameters.read()];
  for (const [name, values] of ours) assert.equal([...values], [...theirs.get(name)!], name);
});

test('the same seed gives the same bits on every machine, another seed others', async () => {
  const hashOf = (seed: number) =>
    weightsSha256(createModel({ filters: [4, 8, 16] }, { backend: new ReferenceBackend(), seed }));
  assert.is(await hashOf(1), '5c6e7dfb3ddba9debdad1e7e677c6955f599996c855464ea3f75b761c8cfae23');
  assert.is.not(await hashOf(2), await hashOf(1));
});

function moments(data: Values): { mean: number; deviation: number; largest: number } {
  let sum = 0;
  let squares = 0;
  let largest = 0;
  for (const x of data) {
    sum += x;
    squares += x * x;
    largest = Math.max(largest, Math.abs(x));
  }
  const mean = sum / data.length;
  return { mean, deviation: Math.sqrt(squares / data.length - mean * mean), largest };
}

test.run();
