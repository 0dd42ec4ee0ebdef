/** Every op refuses what it cannot compute, with the numbers that the user needs to correct it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Graph, type Tensor } from '../../src/graph/graph.js';
import type { Shape } from '../../src/graph/shape.js';
import {
  adam,
  bceDice,
  ceDice,
  clipRates,
  concat,
  conv2d,
  convTranspose2d,
  crossEntropy,
  diceLoss,
  dropout,
  lerp,
  lossOf,
  lovaszLoss,
  maxPool2d,
  moments,
  normalise,
  type OpName,
  ops,
  sgd,
  softmax,
  tverskyLoss,
  upsample2d,
  weightedSum,
} from '../../src/ops/index.js';
import { throwsInput } from '../support/throws.js';

type Call = (...tensors: Tensor[]) => unknown;

/** Records on leaves of these shapes, and expects this error. */
const refusals: [error: string, shapes: readonly Shape[], record: Call][] = [
  // conv2d
  ['conv2d: needs at least one input', [[3, 3, 1, 1], [1]], (w, b) => conv2d([], w!, b!)],
  [
    'conv2d: x must be [batch,height,width,channels], got [96,96,3]',
    [[96, 96, 3], [3, 3, 3, 8], [8]],
    (x, w, b) => conv2d(x!, w!, b!),
  ],
  [
    'conv2d: inputs must agree except in channels, got [2,8,8,3] and [2,8,4,3]',
    [[2, 8, 8, 3], [2, 8, 4, 3], [3, 3, 6, 8], [8]],
    (x, y, w, b) => conv2d([x!, y!], w!, b!),
  ],
  [
    'conv2d: w must be [3,3,in,out] or [1,1,in,out], got [5,5,3,8]',
    [[2, 8, 8, 3], [5, 5, 3, 8], [8]],
    (x, w, b) => conv2d(x!, w!, b!),
  ],
  [
    'conv2d: w must be [3,3,in,out] or [1,1,in,out], got [3,1,3,8]',
    [[2, 8, 8, 3], [3, 1, 3, 8], [8]],
    (x, w, b) => conv2d(x!, w!, b!),
  ],
  [
    'conv2d: w must be [3,3,in,out] or [1,1,in,out], got [3,3,3]',
    [[2, 8, 8, 3], [3, 3, 3], [8]],
    (x, w, b) => conv2d(x!, w!, b!),
  ],
  [
    'conv2d: w expects 4 input channels, x has 3 (x [2,96,96,3], w [3,3,4,32])',
    [[2, 96, 96, 3], [3, 3, 4, 32], [32]],
    (x, w, b) => conv2d(x!, w!, b!),
  ],
  [
    'conv2d: w expects 8 input channels, the inputs have 3+4 = 7 (x [1,8,8,3] [1,8,8,4], w [3,3,8,2])',
    [[1, 8, 8, 3], [1, 8, 8, 4], [3, 3, 8, 2], [2]],
    (x, y, w, b) => conv2d([x!, y!], w!, b!),
  ],
  ['conv2d: b must be [8], got [9]', [[2, 8, 8, 3], [3, 3, 3, 8], [9]], (x, w, b) => conv2d(x!, w!, b!)],

  // convTranspose2d
  [
    'convTranspose2d: x must be [batch,height,width,channels], got [8,8]',
    [[8, 8], [2, 2, 3, 8], [8]],
    (x, w, b) => convTranspose2d(x!, w!, b!),
  ],
  [
    'convTranspose2d: w must be [2,2,in,out], got [3,3,3,8]',
    [[1, 4, 4, 3], [3, 3, 3, 8], [8]],
    (x, w, b) => convTranspose2d(x!, w!, b!),
  ],
  [
    'convTranspose2d: w expects 4 input channels, x has 3 (x [1,4,4,3], w [2,2,4,8])',
    [[1, 4, 4, 3], [2, 2, 4, 8], [8]],
    (x, w, b) => convTranspose2d(x!, w!, b!),
  ],
  [
    'convTranspose2d: b must be [8], got [1,8]',
    [
      [1, 4, 4, 3],
      [2, 2, 3, 8],
      [1, 8],
    ],
    (x, w, b) => convTranspose2d(x!, w!, b!),
  ],

  // Pooling, upsampling, softmax
  ['maxPool2d: x must be [batch,height,width,channels], got [7]', [[7]], (x) => maxPool2d(x!)],
  ['maxPool2d: height and width must be even, got 7x8 (x [1,7,8,3])', [[1, 7, 8, 3]], (x) => maxPool2d(x!)],
  ['maxPool2d: height and width must be even, got 6x9 (x [1,6,9,3])', [[1, 6, 9, 3]], (x) => maxPool2d(x!)],
  ['upsample2d: x must be [batch,height,width,channels], got [4,4]', [[4, 4]], (x) => upsample2d(x!, 'nearest')],
  ['softmax: x must be [batch,height,width,channels], got [4,4]', [[4, 4]], (x) => softmax(x!)],

  // Arithmetic and concatenation
  ['weightedSum: needs as many weights as tensors, got 1 and 2', [[3], [3]], (...xs) => weightedSum(xs, [1])],
  ['weightedSum: needs at least one tensor', [], (...xs) => weightedSum(xs, [])],
  ['weightedSum: shapes must agree, got [3] and [1,3]', [[3], [1, 3]], (...xs) => weightedSum(xs, [1, 1])],
  ['concat: needs at least one input', [], (...xs) => concat(xs)],
  ['concat: x0 must be [batch,height,width,channels], got [3]', [[3]], (...xs) => concat(xs)],
  ['concat: x1 must be [batch,height,width,channels], got [3]', [[1, 2, 2, 3], [3]], (...xs) => concat(xs)],
  [
    'concat: inputs must agree except in channels, got [1,2,2,3] and [1,2,1,3]',
    [
      [1, 2, 2, 3],
      [1, 2, 1, 3],
    ],
    (...xs) => concat(xs),
  ],

  // Dropout
  ...[1, -0.1, NaN].map((rate): (typeof refusals)[number] => [
    `dropout: rate must be at least 0 and below 1, got ${rate}`,
    [
      [2, 5],
      [2, 4],
    ],
    (x, keys) => dropout(x!, keys!, rate, 0),
  ]),
  [
    'dropout: keys must be [2,4], got [3,4]',
    [
      [2, 5],
      [3, 4],
    ],
    (x, keys) => dropout(x!, keys!, 0.5, 0),
  ],

  // Normalisation
  ['moments: x must be [batch,height,width,channels], got [3]', [[3]], (x) => moments(x!)],
  [
    'moments: 4 groups do not divide 6 channels (x [1,2,2,6])',
    [[1, 2, 2, 6]],
    (x) => moments(x!, { groups: 4, perImage: true }),
  ],
  ['moments: 0 groups do not divide 6 channels (x [1,2,2,6])', [[1, 2, 2, 6]], (x) => moments(x!, { groups: 0 })],
  ...(
    [
      ['mean', [[6], [1, 6], [6], [6]], '[1,6], got [6]'],
      ['variance', [[1, 6], [2, 6], [6], [6]], '[1,6], got [2,6]'],
      ['gamma', [[1, 6], [1, 6], [5], [6]], '[6], got [5]'],
      ['beta', [[1, 6], [1, 6], [6], [1]], '[6], got [1]'],
    ] as [string, Shape[], string][]
  ).map(([name, shapes, rest]): (typeof refusals)[number] => [
    `normalise: ${name} must be ${rest}`,
    [[2, 3, 3, 6], ...shapes],
    (x, mean, variance, gamma, beta) => normalise(x!, { mean: mean!, variance: variance! }, gamma!, beta!),
  ]),
  [
    'normalise: mean must be [2,3], got [1,6]',
    [[2, 3, 3, 6], [1, 6], [1, 6], [6], [6]],
    (x, mean, variance, gamma, beta) =>
      normalise(x!, { mean: mean!, variance: variance! }, gamma!, beta!, { perImage: true, groups: 3 }),
  ],

  // Losses
  [
    'bceDice: logits must have one channel, got [1,4,4,2]; use ceDice for classes',
    [
      [1, 4, 4, 2],
      [1, 4, 4, 1],
    ],
    (logits, target) => bceDice(logits!, target!),
  ],
  [
    'bceDice: target must be [1,4,4,1], got [1,4,4]',
    [
      [1, 4, 4, 1],
      [1, 4, 4],
    ],
    (logits, target) => bceDice(logits!, target!),
  ],
  [
    'ceDice: logits must have at least two channels, got [1,4,4,1]',
    [
      [1, 4, 4, 1],
      [1, 4, 4, 1],
    ],
    (logits, target) => ceDice(logits!, target!),
  ],
  [
    'ceDice: target must be [1,4,4,1], got [1,4,4,3]',
    [
      [1, 4, 4, 3],
      [1, 4, 4, 3],
    ],
    (logits, target) => ceDice(logits!, target!),
  ],
  ...(
    [
      ['crossEntropy: gamma must be at least 0, got -1', 1, (x, y) => crossEntropy(x!, y!, { gamma: -1 })],
      [
        'crossEntropy: classWeights must be 2 numbers (background first), none negative and not all 0, got [1,2,3]',
        1,
        (x, y) => crossEntropy(x!, y!, { classWeights: [1, 2, 3] }),
      ],
      [
        'diceLoss: classWeights must be 3 numbers (background first), none negative and not all 0, got [0,0,0]',
        3,
        (x, y) => diceLoss(x!, y!, { classWeights: [0, 0, 0] }),
      ],
      [
        'lovaszLoss: classWeights must be 3 numbers (background first), none negative and not all 0, got [1,-1,1]',
        3,
        (x, y) => lovaszLoss(x!, y!, { classWeights: [1, -1, 1] }),
      ],
      [
        'tverskyLoss: alpha and beta must be at least 0 and not both 0, got 0 and 0',
        1,
        (x, y) => tverskyLoss(x!, y!, { alpha: 0, beta: 0 }),
      ],
      ['loss: needs at least one term', 1, (x, y) => lossOf(x!, y!, [])],
      ['loss: the weight of dice must be above 0, got 0', 1, (x, y) => lossOf(x!, y!, [{ term: 'dice', weight: 0 }])],
      [
        'loss: unknown term "jaccard"; known are crossEntropy, dice, tversky and lovasz',
        1,
        (x, y) => lossOf(x!, y!, [{ term: 'jaccard' as 'dice' }]),
      ],
      [
        'loss: classWeights [1,2] count in crossEntropy alone where there is one class beside the background; add that term or leave them out',
        1,
        (x, y) => lossOf(x!, y!, [{ term: 'dice' }], [1, 2]),
      ],
    ] as [string, number, (typeof refusals)[number][2]][]
  ).map(([message, classes, fn]): (typeof refusals)[number] => [
    message,
    [
      [1, 4, 4, classes],
      [1, 4, 4, 1],
    ],
    fn,
  ]),

  // Optimizers
  ...[
    ['gradients', [[5], [4], [5], [2]], '[5], got [4]'],
    ['velocity', [[5], [5], [1], [2]], '[5], got [1]'],
    ['rates', [[5], [5], [5], [3]], '[2], got [3]'],
  ].map(([name, shapes, rest]): (typeof refusals)[number] => [
    `sgd: ${name} must be ${rest}`,
    shapes as Shape[],
    (p, g, v, rates) => sgd(p!, g!, v!, rates!, { momentum: 0.9, weightDecay: 0 }),
  ]),
  ...[
    ['gradients', [[5], [4], [5], [5], [4]], '[5], got [4]'],
    ['m', [[5], [5], [4], [5], [4]], '[5], got [4]'],
    ['v', [[5], [5], [5], [4], [4]], '[5], got [4]'],
    ['rates', [[5], [5], [5], [5], [1]], '[4], got [1]'],
  ].map(([name, shapes, rest]): (typeof refusals)[number] => [
    `adam: ${name} must be ${rest}`,
    shapes as Shape[],
    (p, g, m, v, rates) =>
      adam(p!, g!, m!, v!, rates!, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decoupled: false }),
  ]),
  ['clipRates: norms must be [length], got [2,3]', [[2, 3], [2]], (norms, rates) => clipRates(norms!, rates!, 1)],
  ['clipRates: rates must be [length], got [1,2]', [[3], [1, 2]], (norms, rates) => clipRates(norms!, rates!, 1)],
  ...[0, -1, Number.NaN].map((limit): (typeof refusals)[number] => [
    `clipRates: limit must be above 0, got ${limit}`,
    [[3], [2]],
    (norms, rates) => clipRates(norms!, rates!, limit),
  ]),
  ['lerp: end must be [5], got [4]', [[5], [4], [1]], (start, end, weight) => lerp(start!, end!, weight!)],
  ['lerp: weight must be [1], got [5]', [[5], [5], [5]], (start, end, weight) => lerp(start!, end!, weight!)],

  // Sizes
  ['leaf: sizes must be positive integers, got [2,0]', [[2, 0]], () => undefined],
  ['leaf: sizes must be positive integers, got [1.5]', [[1.5]], () => undefined],
];

for (const [error, shapes, record] of refusals) {
  test(error, () => {
    throwsInput(() => {
      const graph = new Graph();
      record(...shapes.map((shape, k) => graph.input(`x${k}`, shape)));
    }, error);
  });
}

test('inputs of different graphs', () => {
  const [a, b] = [new Graph().input('a', [3]), new Graph().input('b', [3])];
  throwsInput(
    () => weightedSum([a, b], [1, 1]),
    'weightedSum: the inputs belong to different graphs; record the whole model on one Graph',
  );
});

test('a refused call leaves the graph as it was', () => {
  const graph = new Graph();
  const x = graph.input('x', [1, 3, 3, 1]);
  assert.throws(() => maxPool2d(x));
  assert.is(graph.nodes.length, 1);
});

test('two leaves of one name', () => {
  const graph = new Graph();
  graph.input('x', [1]);
  assert.throws(() => graph.parameter('x', [1]), 'two leaves are called x');
});

test('the table lists every op under its name', () => {
  for (const name of Object.keys(ops) as OpName[]) assert.is(ops[name].name, name);
});

test.run();
