/**
 * Losses of images larger than those of the table of cases: on a GPU they are added up, sorted and counted in blocks, by
 * several dispatches. And what becomes of logits that are no numbers.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Graph, type Tensor } from '../../../src/graph/graph.js';
import { crossEntropy, diceLoss, gradients, lovaszLoss } from '../../../src/ops/index.js';
import type { Case } from '../../../src/selftest/case.js';
import { identical, mismatch } from '../../../src/selftest/compare.js';
import {
  apart,
  given,
  labels,
  mask,
  normal,
  type Sample,
  sample,
  saturated,
  separated,
  tied,
} from '../../../src/selftest/samples.js';
import { expectation, parityFaults } from '../../support/backend/parity.js';
import { testWebGpu } from '../../support/backend/webgpu.js';

type Loss = (logits: Tensor, target: Tensor) => Tensor;

const backend = await testWebGpu();

if (backend) {
  const parity = (label: string, loss: Loss, logits: Sample, target: Sample): void => {
    const c: Case = {
      family: 'lovasz',
      label,
      samples: [logits, target],
      fn: (x, y) => [loss(x!, y!)],
      differentiable: [0],
      tolerance: 2e-6,
    };
    test(label, async () => {
      assert.equal(await parityFaults(backend, await expectation(c)), []);
    });
  };

  // Three blocks that are sorted, the last of which is not full.
  const image = [1, 50, 103];
  const one = [...image, 1];
  parity('Lovász hinge of several blocks', lovaszLoss, apart(one), mask(one));
  parity('Lovász hinge of several blocks, with ties', lovaszLoss, tied(one), mask(one));
  parity('Lovász-softmax of several blocks', lovaszLoss, separated([...image, 3]), labels(one, 3));

  // More than 256 workgroups, the sums of which are added by one.
  const large = [1, 270, 250];
  parity('cross-entropy of many workgroups', crossEntropy, saturated([...large, 3]), labels([...large, 1], 3));
  parity('Dice of many workgroups', diceLoss, normal([...large, 2]), labels([...large, 1], 2));

  const many = [1, 2, 3];
  const weights = Array.from({ length: 256 }, (_, k) => 1 + (k % 5));
  const weighted: Loss = (x, y) => crossEntropy(x, y, { classWeights: weights });
  parity('as many classes as the shaders have weights', weighted, normal([...many, 256]), labels([...many, 1], 256));

  const broken = (value: number): Sample => sample([1, 3, 3, 3], (random, i) => (i === 13 ? value : random.normal()));
  // Of class 0, whose logits are all numbers.
  const background = given([1, 3, 3, 1], [1, 2, 0, 0, 0, 1, 2, 2, 1]);
  for (const value of [NaN, Infinity, -Infinity]) {
    parity(`cross-entropy of a logit ${value}`, crossEntropy, broken(value), background);
    parity(`Dice of a logit ${value}`, diceLoss, broken(value), background);
  }

  interface Images {
    readonly shape: readonly [number, number, number, number];
    /** The same for each image. */
    readonly logit: (i: number) => number;
    readonly label: (i: number) => number;
  }
  /** What `outputs` chooses of the loss and its gradient, which is that of the sum over the images. */
  const run = async (loss: Loss, { shape, logit, label }: Images, outputs: (y: Tensor, dx: Tensor) => Tensor[]) => {
    const [batch, height, width, classes] = shape;
    const positions = height * width;
    const filled = (length: number, value: (i: number) => number) =>
      Float32Array.from({ length: batch * length }, (_, i) => value(i % length));
    const graph = new Graph();
    const x = graph.input('x', shape);
    const target = graph.input('target', [batch, height, width, 1]);
    const dy = graph.input('dy', [1]);
    const y = loss(x, target);
    const [dx] = gradients(y, [x], dy);
    const wanted = outputs(y, dx!);
    const program = backend.compile(wanted);
    program.write(x, filled(positions * classes, logit));
    program.write(target, filled(positions, label));
    if (program.plan.offsets.has(dy)) program.write(dy, [batch]);
    program.run();
    const results = await Promise.all(wanted.map((output) => program.read(output)));
    program.free();
    return results;
  };
  const scattered = (i: number): number => ((i * 7919) % 10007) / 4096 - 1;
  const third = (i: number): number => (i % 3 === 0 ? 1 : 0);

  for (const [kind, classes] of [
    ['hinge', 1],
    ['softmax', 2],
  ] as const) {
    test(`a logit that is no number is seen in the Lovász ${kind}`, async () => {
      const logit = (i: number) => (i === 100 ? NaN : scattered(i));
      const [value] = await run(lovaszLoss, { shape: [1, 20, 20, classes], logit, label: third }, (y) => [y]);
      assert.ok(Number.isNaN(value![0]));
    });
  }

  test('images that are not sorted at once give what each gives alone', async () => {
    const images = (batch: number): Images => ({ shape: [batch, 520, 520, 1], logit: scattered, label: third });
    const [value, gradient] = await run(lovaszLoss, images(1), (y, dx) => [y, dx]);
    const [values, gradients] = await run(lovaszLoss, images(4), (y, dx) => [y, dx]);
    assert.is(mismatch(values!, value!, 1e-6), undefined);
    const { length } = gradient!;
    for (let n = 0; n < 4; n++) assert.ok(identical(gradients!.subarray(n * length, (n + 1) * length), gradient!));
  });

  test('classes that are not sorted at once each give what is theirs', async () => {
    const loss = (of: number): Loss => {
      return (x, y) => lovaszLoss(x, y, { classWeights: [0, 1].map((k) => (k === of ? 1 : 0)) });
    };
    const image: Images = { shape: [1, 730, 730, 2], logit: scattered, label: third };
    // The classes in the other order.
    const turned = { ...image, logit: (i: number) => scattered(i ^ 1), label: (i: number) => 1 - third(i) };
    const [second] = await run(loss(1), image, (_, dx) => [dx]);
    const [first] = await run(loss(0), turned, (_, dx) => [dx]);
    const back = first!.map((_, i) => first![i ^ 1]!);
    assert.is(mismatch(second!, back, 1e-6), undefined);
  });

  test('too many classes or pixels are an error of the user', () => {
    const of = (shape: readonly [number, number, number, number], loss: Loss) => {
      const graph = new Graph();
      return loss(graph.input('x', shape), graph.input('y', [...shape.slice(0, 3), 1]));
    };
    assert.throws(() => backend.compile([of([1, 1, 1, 257], diceLoss)]), /at most 256 classes, got 257/);
    assert.throws(() => backend.compile([of([1, 4096, 4096, 1], lovaszLoss)]), /at most 8388608 pixels, got 16777216/);
  });

  test.after(() => backend.close());
}

test.run();
