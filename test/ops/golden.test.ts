/** Single ops against PyTorch, outputs and gradients, in float64. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { type NdArray, run } from '../../src/backend/run.js';
import type { Tensor } from '../../src/graph/graph.js';
import {
  bceDice,
  ceDice,
  conv2d,
  convTranspose2d,
  gradients,
  maxPool2d,
  moments,
  normalise,
  upsample2d,
} from '../../src/ops/index.js';
import { mismatch } from '../../src/selftest/compare.js';
import { golden, readGolden } from '../support/backend/golden.js';
import { convWeight, toNhwc, transposedWeight } from '../support/backend/layout.js';

const TOLERANCE = 1e-10;

interface Spec {
  /** The differentiable inputs, then the constants. */
  readonly inputs: readonly string[];
  readonly constants?: readonly string[];
  readonly fn: (...tensors: Tensor[]) => Tensor;
  /** The op that decides the layout of `w`. */
  readonly weight?: (w: NdArray) => NdArray;
}

const convolution: Spec = {
  inputs: ['x', 'w', 'b'],
  fn: (x, w, b) => conv2d(x!, w!, b!),
  weight: convWeight,
};

const specs: Readonly<Record<string, Spec>> = {
  conv3x3_a: convolution,
  conv3x3_b: convolution,
  conv3x3_c: convolution,
  conv3x3_d: convolution,
  conv3x3_e: convolution,
  conv1x1: convolution,
  conv_transpose2x2: {
    inputs: ['x', 'w', 'b'],
    fn: (x, w, b) => convTranspose2d(x!, w!, b!),
    weight: transposedWeight,
  },
  max_pool2x2: { inputs: ['x'], fn: (x) => maxPool2d(x!) },
  upsample_nearest2x: { inputs: ['x'], fn: (x) => upsample2d(x!, 'nearest') },
  upsample_bilinear2x: { inputs: ['x'], fn: (x) => upsample2d(x!, 'bilinear') },
  upsample_bilinear2x_align_corners: { inputs: ['x'], fn: (x) => upsample2d(x!, 'bilinear-align-corners') },
  batch_norm_train: {
    inputs: ['x', 'gamma', 'beta'],
    fn: (x, gamma, beta) => normalise(x!, moments(x!), gamma!, beta!),
  },
  batch_norm_eval: {
    inputs: ['x', 'gamma', 'beta'],
    constants: ['mean', 'var'],
    fn: (x, gamma, beta, mean, variance) => normalise(x!, { mean: mean!, variance: variance! }, gamma!, beta!),
  },
  bce_dice: { inputs: ['logits'], constants: ['target'], fn: (logits, target) => bceDice(logits!, target!) },
  bce_dice_empty: { inputs: ['logits'], constants: ['target'], fn: (logits, target) => bceDice(logits!, target!) },
  ce_dice: { inputs: ['logits'], constants: ['target'], fn: (logits, target) => ceDice(logits!, target!) },
};

const ops = await readGolden<Record<string, string>>('ops');

for (const [key, note] of Object.entries(ops.config)) {
  test(`${key}: ${note}`, async () => {
    const spec = specs[key];
    assert.ok(spec, `no spec for ${key}`);
    const { inputs, constants = [], fn, weight } = spec!;
    const read = (name: string): NdArray => {
      const array = golden(ops, `${key}/${name}`);
      return /^(grad_)?w$/.test(name) ? weight!(array) : ourLayout(name, array);
    };
    const backend = new ReferenceBackend('float64');
    const [y, ...dxs] = await run(
      backend,
      (dy, ...tensors) => {
        const result = fn(...tensors);
        return [result, ...gradients(result, tensors.slice(0, inputs.length), dy!)];
      },
      ...['gy', ...inputs, ...constants].map(read),
    );
    assert.is(mismatch(y!.data, read('y').data, TOLERANCE), undefined, 'y');
    inputs.forEach((name, k) => {
      assert.is(mismatch(dxs[k]!.data, read(`grad_${name}`).data, TOLERANCE), undefined, `grad_${name}`);
    });
  });
}

/** Everything but weights. */
function ourLayout(name: string, array: NdArray): NdArray {
  const { shape, data } = array;
  if (shape.length === 4) return toNhwc(array);
  // Statistics have a row for each group of images; labels have a channel.
  if (name === 'mean' || name === 'var') return { shape: [1, ...shape], data };
  if (name === 'target') return { shape: [...shape, 1], data };
  return array;
}

test.run();
