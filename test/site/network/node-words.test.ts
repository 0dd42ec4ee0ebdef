/** What is said of nodes and of pruning. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explanation, formula, nodeLabel, pruningText } from '../../../site/app/network/node-words.js';
import type { ModelView } from '../../../site/engine/protocol.js';
import { defaultConfig } from '../../../src/network/config.js';

const output = (mode: ModelView['outputs'][number]['mode'], parameters: number, macs: number, level: number) => ({
  ...{ mode, parameters, macs, bytes: 4 * parameters, threshold: 0.5 },
  nodes: [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => [i, j] as const)).filter(([i, j]) => i + j <= level),
});
const config = { ...defaultConfig, filters: [16, 32, 1] };
const outputs = [
  output('L1', 500_000, 12e6, 1),
  output('L2', 9_000_000, 99e6, 2),
  output('accurate', 9_041_700, 1e8, 2),
];

test('a node is named with its channels, its size and who needs it', () => {
  const name = (node: readonly [number, number]) => nodeLabel({ config, outputs }, node);
  assert.is(name([0, 1]), 'X(0,1), 16 channels at full size, needed by L1, L2 and the mean');
  assert.is(name([1, 1]), 'X(1,1), 32 channels at half size, needed by L2 and the mean');
  assert.is(name([2, 0]), 'X(2,0), 1 channel at a quarter of the size, needed by L2 and the mean');
  const none = { config, outputs: [{ ...outputs[0]!, nodes: [] }] };
  assert.is(nodeLabel(none, [0, 0]), 'X(0,0), 16 channels at full size, needed by no head');
});

test('the formula is the equation of the paper, by the pattern of skips', () => {
  const deep = { ...defaultConfig };
  assert.is(formula(deep, [1, 2]), 'X(1,2) = H([X(1,0), X(1,1), U(X(2,1))])');
  assert.is(formula({ ...deep, skips: 'adjacent' }, [1, 2]), 'X(1,2) = H([X(1,1), U(X(2,1))])');
  assert.is(formula({ ...deep, skips: 'original' }, [1, 2]), 'X(1,2) = H([X(1,0), U(X(2,1))])');
  assert.is(formula(deep, [0, 0]), 'X(0,0) = H(image)');
  assert.is(formula(deep, [3, 0]), 'X(3,0) = H(D(X(2,0)))');
});

test('a sentence says what a node computes, with the norm and the upsampling of the network', () => {
  assert.is(
    explanation(defaultConfig, [1, 2]),
    'It sees X(1,0) and X(1,1) of its own level beside X(2,1) from below, which U brings to twice its height and width by a transposed convolution; then H: two 3x3 convolutions, each followed by ReLU.',
  );
  assert.is(
    explanation({ ...defaultConfig, norm: 'group', upsample: 'bilinear' }, [0, 1]),
    'It sees X(0,0) of its own level beside X(1,0) from below, which U brings to twice its height and width by bilinear interpolation; then H: two 3x3 convolutions, each followed by group norm and ReLU.',
  );
  assert.is(
    explanation(defaultConfig, [0, 0]),
    'It sees the image itself; H: two 3x3 convolutions, each followed by ReLU.',
  );
  assert.is(
    explanation(defaultConfig, [1, 0]),
    'It sees X(0,0) at half its height and width (D keeps the largest of every 2x2 values); then H: two 3x3 convolutions, each followed by ReLU.',
  );
});

test('pruning is told in parameters and multiply-adds', () => {
  assert.is(
    pruningText({ outputs }, 'L1'),
    'What pruning to L1 leaves: 500.0 thousand of 9.0 million parameters, 12.0% of the multiply-adds.',
  );
  assert.is(
    pruningText({ outputs }, 'accurate'),
    'The mean of the heads needs the whole network: 9.0 million parameters, 100.0 million multiply-adds.',
  );
  assert.is(
    pruningText({ outputs: [outputs[1]!] }, 'L2'),
    'L2 is the only head and needs all of the network, 9.0 million parameters: it was built without deep supervision, so that nothing can be pruned.',
  );
});

test.run();
