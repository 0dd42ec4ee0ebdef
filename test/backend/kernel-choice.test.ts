/** Which kernels compute a convolution, Winograd or direct: each threshold from both sides, and the paper's network. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { direct } from '../../src/backend/wasm/kernels/direct.js';
import { kernels } from '../../src/backend/wasm/kernels/index.js';
import { suitsWinograd, winograd } from '../../src/backend/wasm/kernels/winograd.js';
import { leafOf, liveNodes } from '../../src/graph/graph.js';
import { defaultConfig } from '../../src/network/config.js';
import { recordNetwork } from '../../src/network/network.js';
import type { ConvGeometry } from '../../src/ops/convolution.js';

const BASE = { batch: 1, height: 16, width: 16, sources: [16, 8], inChannels: 24, outChannels: 8, kernel: 3 };

/** As near to each threshold as images can come. */
const CHOICES: readonly (readonly [what: string, change: object, suits: boolean])[] = [
  ['whole groups of channels', {}, true],
  ['a 1x1 kernel', { kernel: 1 }, false],
  ['7 channels of a source', { sources: [16, 7], inChannels: 23 }, false],
  ['sources of 4 channels that are 24 together', { sources: [20, 4] }, false],
  ['12 output channels', { outChannels: 12 }, false],
  ['7 tiles', { batch: 7, height: 4, width: 4 }, false],
  ['8 tiles', { batch: 8, height: 4, width: 4 }, true],
  ['8 tiles of two images', { batch: 2, height: 8, width: 8 }, true],
  ['tiles filled to 1/16', { batch: 64, height: 1, width: 1 }, false],
  ['tiles filled to 15/32', { batch: 64, height: 5, width: 3 }, false],
  ['tiles filled to a half', { batch: 64, height: 4, width: 2 }, false],
  ['tiles filled to 65/128', { batch: 8, height: 5, width: 13 }, true],
];

for (const [what, change, suits] of CHOICES) {
  test(`${what}: ${suits ? 'Winograd' : 'direct'}`, () => {
    const geometry: ConvGeometry = { ...BASE, relu: false, ...change };
    assert.is(suitsWinograd(geometry), suits);
    for (const name of ['conv2d', 'conv2dGradInput', 'conv2dGradWeight'] as const) {
      const [of, other] = suits ? [winograd, direct] : [direct, winograd];
      const length = kernels[name].workspace!(geometry);
      assert.is(length, of[name].workspace!(geometry), name);
      assert.is.not(length, other[name].workspace!(geometry), `${name}: tells the kinds apart`);
    }
  });
}

/** One input channel, and 1x1 kernels. */
const ALWAYS_DIRECT = ['conv0_0.conv1', 'final1', 'final2', 'final3', 'final4'];
const LEVEL_2 = ['conv2_0', 'conv2_1', 'conv2_2'];
const LEVEL_3 = ['conv3_0', 'conv3_1'];
const LEVEL_4 = ['conv4_0'];

/** Which blocks of the paper's network are computed directly, beside the layers that always are. */
const NETWORKS: readonly (readonly [batch: number, size: number, blocks: readonly string[], why: string])[] = [
  [1, 128, LEVEL_4, '4 tiles'],
  [2, 128, [], '8 tiles'],
  [1, 96, LEVEL_4, '4 tiles, the level above has 9'],
  [1, 64, [...LEVEL_3, ...LEVEL_4], '4 tiles and 1'],
  [8, 64, [], '8 tiles in the deepest level'],
  [16, 32, LEVEL_4, 'tiles filled to a quarter'],
  [16, 16, [...LEVEL_3, ...LEVEL_4], 'tiles filled to a quarter and less'],
  [7, 16, [...LEVEL_2, ...LEVEL_3, ...LEVEL_4], '7 tiles, and less filled ones'],
];

for (const [batch, size, blocks, why] of NETWORKS) {
  test(`the paper's network, ${batch} of ${size} x ${size}: direct are ${blocks.join(', ') || 'no more'} (${why})`, () => {
    const { heads } = recordNetwork(defaultConfig, { batch, height: size, width: size });
    const layers = liveNodes(heads.map(({ logits }) => logits)).filter(({ op }) => op.name === 'conv2d');
    assert.is(layers.length, 34);
    const chosen = layers
      .filter(({ geometry }) => !suitsWinograd(geometry as ConvGeometry))
      .map(({ inputs }) => leafOf(inputs.at(-2)!)!.name.replace(/\.weight$/, ''));
    const expected = [...ALWAYS_DIRECT, ...blocks.flatMap((block) => [`${block}.conv1`, `${block}.conv2`])];
    assert.equal(chosen.sort(), expected.sort());
  });
}

test.run();
