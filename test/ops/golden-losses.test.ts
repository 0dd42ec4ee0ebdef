/** Every term of the losses against PyTorch, value and gradient, in float64. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { type NdArray, run } from '../../src/backend/run.js';
import { gradients, type LossTerm, lossOf } from '../../src/ops/index.js';
import { mismatch } from '../../src/selftest/compare.js';
import { golden, readGolden } from '../support/backend/golden.js';
import { toNhwc } from '../support/backend/layout.js';

const TOLERANCE = 1e-10;

interface Spec {
  readonly terms: readonly LossTerm[];
  readonly classWeights?: readonly number[];
}

const losses = await readGolden<Record<string, Spec>>('losses');

for (const [name, { terms, classWeights }] of Object.entries(losses.config)) {
  test(name, async () => {
    const logits = toNhwc(golden(losses, `${name}/logits`));
    const [loss, gradient] = await run(
      new ReferenceBackend('float64'),
      (x, y, seed) => {
        const result = lossOf(x!, y!, terms, classWeights);
        return [result, ...gradients(result, [x!], seed!)];
      },
      logits,
      withChannel(golden(losses, `${name}/target`), logits),
      { shape: [1], data: Float64Array.of(1) },
    );
    const expected = (of: string) => golden(losses, `${name}/${of}`);
    assert.is(mismatch(loss!.data, expected('y').data, TOLERANCE), undefined, 'loss');
    assert.is(mismatch(gradient!.data, toNhwc(expected('grad_logits')).data, TOLERANCE), undefined, 'gradient');
  });
}

/** Labels [N,H,W] and masks [N,1,H,W] alike as [N,H,W,1]. */
function withChannel({ data }: NdArray, { shape }: NdArray): NdArray {
  return { shape: [...shape.slice(0, 3), 1], data };
}

test.run();
