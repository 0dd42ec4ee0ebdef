/** Every vjp agrees with finite differences. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Op, record } from '../../src/graph/graph.js';
import { sizeOf } from '../../src/graph/shape.js';
import { sigmoidGradOp } from '../../src/ops/activation.js';
import { conv2d, sigmoid, weightedSum } from '../../src/ops/index.js';
import type { Case } from '../../src/selftest/case.js';
import { cases } from '../../src/selftest/cases.js';
import { normal } from '../../src/selftest/samples.js';
import { gradientError } from '../support/backend/gradient-check.js';

const LARGEST_ERROR = 1e-6;

for (const c of cases) {
  if (c.differentiable.length === 0 || c.kinked) continue;
  test(`${c.family}: ${c.label}`, async () => {
    const error = await gradientError(c);
    assert.ok(error < LARGEST_ERROR, `the gradient is off by ${error}`);
  });
}

const small = {
  family: 'activation',
  samples: [normal([1000])],
  differentiable: [0],
  tolerance: 0,
} satisfies Partial<Case>;

/** Sigmoid, with the gradient multiplied by `factor`. */
function scaledSigmoid(factor: number): Case {
  const op: Op<{ length: number }> = {
    name: 'sigmoid',
    vjp: (node, [dy]) => {
      const dx = record(sigmoidGradOp, [dy!, node.outputs[0]!], node.geometry, [dy!.shape]);
      return [weightedSum(dx, [factor])];
    },
  };
  const fn: Case['fn'] = (x) => record(op, [x!], { length: sizeOf(x!.shape) }, [x!.shape]);
  return { ...small, label: `sigmoid with its gradient times ${factor}`, fn };
}

test('the check passes a true gradient and catches one that is wrong by a thousandth', async () => {
  assert.ok((await gradientError(scaledSigmoid(1))) < LARGEST_ERROR);
  assert.ok((await gradientError(scaledSigmoid(1.001))) > 1e-4);
});

test('the check catches a gradient whose terms are in the wrong order', async () => {
  const op: Op<{ length: number }> = {
    name: 'sigmoid',
    vjp: (node, [dy]) => record(sigmoidGradOp, [node.outputs[0]!, dy!], node.geometry, [dy!.shape]),
  };
  const fn: Case['fn'] = (x) => record(op, [x!], { length: sizeOf(x!.shape) }, [x!.shape]);
  assert.ok((await gradientError({ ...small, label: 'sigmoid, dy and y exchanged', fn })) > 1e-2);
});

test('the check holds through several ops with fan-out', async () => {
  const c: Case = {
    family: 'convolution',
    label: 'x used three times',
    samples: [normal([1, 5, 4, 3]), normal([3, 3, 6, 3]), normal([3])],
    fn: (x, w, b) => [sigmoid(weightedSum([conv2d([x!, sigmoid(x!)], w!, b!), x!], [0.3, -1]))],
    differentiable: [0, 1, 2],
    tolerance: 0,
  };
  assert.ok((await gradientError(c)) < LARGEST_ERROR);
});

test.run();
