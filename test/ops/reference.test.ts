/** What the reference kernels promise beyond the formulas: NaN, ties, extremes, updates in place, random numbers. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernels } from '../../reference/index.js';
import { threefryWord } from '../../reference/threefry.js';
import { Random, seedKey, threefry } from '../../src/base/random.js';
import { ops } from '../../src/ops/index.js';

test('a kernel for every op, and nothing else', () => {
  assert.equal(Object.keys(kernels).sort(), Object.keys(ops).sort());
});

test('threefry gives the words of the Random123 test vectors', () => {
  assert.is(threefryWord(0, 0, 0, 0), 0x6b200159);
  assert.is(threefryWord(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff), 0x1cb996fc);
  assert.is(threefryWord(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3), 0xc4923a9c);
});

test('threefry gives the words of src/base/random', () => {
  const random = new Random(seedKey(1));
  for (let k = 0; k < 1000; k++) {
    const [k0, k1, c0, c1] = [random.word(), random.word(), random.word(), random.word()];
    assert.is(threefryWord(k0, k1, c0, c1), threefry([k0, k1], c0, c1)[0]);
  }
});

test('ReLU keeps NaN, and its gradient is 0 at 0 and at NaN', () => {
  const y = new Float64Array(4);
  kernels.relu({ length: 4 }, [Float64Array.of(NaN, -1, 0, 2)], [y]);
  assert.equal([...y], [NaN, 0, 0, 2]);
  const dx = new Float64Array(4);
  kernels.reluGrad({ length: 4 }, [Float64Array.of(5, 6, 7, 8), y], [dx]);
  assert.equal([...dx], [0, 0, 0, 8]);
});

test('max pooling gives the gradient to the first maximum in row-major order', () => {
  const geometry = { batch: 1, height: 1, width: 4, channels: 1 };
  const rows = [
    [1, 1, 0, 1, 0, 0, 0, 0],
    [1, 1, 1, 1, 1, 1, 0, 1],
  ];
  const dx = new Float64Array(16);
  kernels.maxPool2dGrad(geometry, [Float64Array.from(rows.flat()), Float64Array.of(1, 2, 3, 4)], [dx]);
  assert.equal([...dx], [1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 4]);
});

test('losses and their gradients stay finite with logits of 200 and -200', () => {
  const logits = Float64Array.of(200, -200, 200, -200);
  const wrong = Float64Array.of(0, 1, 0, 1);
  const loss = new Float64Array(1);
  const dlogits = new Float64Array(4);
  const four = { batch: 1, positions: 4, classes: 1 };
  const plain = { gamma: 0, classWeights: [1, 1] };
  const dice = { alpha: 0.5, beta: 0.5, squared: false };
  const computed = (op: 'crossEntropy' | 'tversky' | 'lovasz', geometry: never, target: Float64Array) => {
    kernels[op](geometry, [logits, target], [loss]);
    kernels[`${op}Grad`](geometry, [logits, target, Float64Array.of(1)], [dlogits]);
    return { loss: loss[0]!, dlogits: [...dlogits] };
  };
  assert.equal(computed('crossEntropy', { ...four, ...plain } as never, wrong), {
    loss: 200,
    dlogits: [0.25, -0.25, 0.25, -0.25],
  });
  // As wrong as can be: the modulation is 1.
  assert.equal(computed('crossEntropy', { ...four, ...plain, gamma: 2 } as never, wrong), {
    loss: 200,
    dlogits: [0.25, -0.25, 0.25, -0.25],
  });
  // No pixel found of 2, 2 found wrongly: Dice is (0 + 1) / (4 + 1).
  const tversky = computed('tversky', { ...four, ...dice, classWeights: [1] } as never, wrong);
  assert.ok(Math.abs(tversky.loss - (1 - 1 / 5)) < 1e-12);
  assert.ok(tversky.dlogits.every((slope) => Math.abs(slope) < 1e-80));
  // All errors are 201, and the IoU is 0.
  const lovasz = computed('lovasz', { ...four, classWeights: [1] } as never, wrong);
  assert.ok(Math.abs(lovasz.loss - 201) < 1e-12);
  assert.ok(Math.abs(lovasz.dlogits.reduce((sum, slope) => sum + Math.abs(slope), 0) - 1) < 1e-12);

  const two = { batch: 1, positions: 2, classes: 2 };
  const second = Float64Array.of(1, 1);
  assert.equal(computed('crossEntropy', { ...two, ...plain } as never, second), {
    loss: 400,
    dlogits: [0.5, -0.5, 0.5, -0.5],
  });
  // Class 0: nothing there, 2 found; class 1: 2 there, nothing found.
  const classes = computed('tversky', { ...two, ...dice, classWeights: [0.5, 0.5] } as never, second);
  assert.ok(Math.abs(classes.loss - (1 - 1 / 3)) < 1e-12);
  assert.ok(classes.dlogits.every((slope) => Math.abs(slope) < 1e-80));
  assert.is(computed('lovasz', { ...two, classWeights: [1, 1] } as never, second).loss, 1);
});

test('an empty mask, nothing found: the overlap is 1', () => {
  const geometry = { batch: 2, positions: 3, classes: 1, alpha: 0.5, beta: 0.5, squared: false, classWeights: [1] };
  const loss = new Float64Array(1);
  kernels.tversky(geometry, [new Float64Array(6).fill(-2000), new Float64Array(6)], [loss]);
  assert.is(loss[0], 0);
});

test('Lovász: where all errors are 0 or 1 the loss is 1 - IoU, and with an empty mask the largest error', () => {
  const loss = new Float64Array(1);
  const geometry = { batch: 1, positions: 5, classes: 1, classWeights: [1] };
  // Margins of 1 are errors of 0, margins of 0 errors of 1: two hits, one miss, one found wrongly.
  kernels.lovasz(geometry, [Float64Array.of(1, 1, 0, 0, -1), Float64Array.of(1, 1, 1, 0, 0)], [loss]);
  assert.ok(Math.abs(loss[0]! - (1 - 2 / 4)) < 1e-12);
  kernels.lovasz(geometry, [Float64Array.of(-3, 2.5, -1, 0, 1), new Float64Array(5)], [loss]);
  assert.is(loss[0], 3.5);
});

test('dropout keeps a share of 1 - rate, and the mask belongs to the sample, not to its place in the batch', () => {
  const length = 20000;
  const geometry = { batch: 2, length, rate: 0.3, salt: 5 };
  const ones = new Float64Array(2 * length).fill(1);
  const [a, b] = [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ] as const;
  const forward = new Float64Array(2 * length);
  const swapped = new Float64Array(2 * length);
  kernels.dropout(geometry, [ones, Float64Array.of(...a, ...b)], [forward]);
  kernels.dropout(geometry, [ones, Float64Array.of(...b, ...a)], [swapped]);
  assert.equal(forward.subarray(0, length), swapped.subarray(length));
  assert.equal(forward.subarray(length), swapped.subarray(0, length));
  assert.equal(new Set(forward), new Set([0, 1 / 0.7]));
  const kept = forward.filter((value) => value > 0).length / forward.length;
  assert.ok(Math.abs(kept - 0.7) < 0.01, `${kept}`);
  kernels.dropout({ ...geometry, salt: 6 }, [ones, Float64Array.of(...a, ...b)], [swapped]);
  assert.not.equal(forward, swapped);
});

/** A kernel with its geometry. */
type Call = (inputs: readonly Float64Array[], outputs: readonly Float64Array[]) => void;

test('optimizers and elementwise kernels may write over their inputs', () => {
  const input = (seed: number) => Float64Array.from({ length: 6 }, (_, i) => 0.5 + Math.abs(Math.sin(seed + i)));
  const rates = Float64Array.of(0.1, 2, 3, 0.5);
  const adam = { length: 6, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1, decoupled: true };
  const calls: [Call, readonly number[], readonly Float64Array[]][] = [
    [
      (i, o) => kernels.sgd({ length: 6, momentum: 0.9, weightDecay: 0.1 }, i, o),
      [0, 2],
      [input(1), input(2), input(3), rates],
    ],
    [(i, o) => kernels.adam(adam, i, o), [0, 2, 3], [input(1), input(2), input(3), input(4), rates]],
    [(i, o) => kernels.lerp({ length: 6 }, i, o), [0], [input(1), input(2), rates]],
    [(i, o) => kernels.relu({ length: 6 }, i, o), [0], [input(1)]],
    [(i, o) => kernels.reluGrad({ length: 6 }, i, o), [0], [input(1), input(2)]],
    [(i, o) => kernels.sigmoid({ length: 6 }, i, o), [0], [input(1)]],
    [(i, o) => kernels.sigmoidGrad({ length: 6 }, i, o), [0], [input(1), input(2)]],
    [(i, o) => kernels.weightedSum({ length: 6, weights: [0.5, 2] }, i, o), [0], [input(1), input(2)]],
    [(i, o) => kernels.dropout({ batch: 1, length: 6, rate: 0.5, salt: 0 }, i, o), [0], [input(1), input(2)]],
  ];
  for (const [kernel, targets, inputs] of calls) {
    const apart = targets.map(() => new Float64Array(6));
    kernel(inputs, apart);
    const together = targets.map((k) => inputs[k]!);
    kernel(inputs, together);
    assert.equal(together, apart, `${kernel}`);
  }
});

test.run();
