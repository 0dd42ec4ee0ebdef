/** What nodes compute, and which of them an output needs. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { featuresOf, nodeValues, seenBy } from '../../../site/engine/features.js';
import { viewOf } from '../../../site/engine/models.js';
import { Random, seedKey } from '../../../src/base/random.js';
import type { Image } from '../../../src/image/image.js';
import type { ModelConfig } from '../../../src/network/config.js';
import { randomModel } from '../../support/export/random-model.js';

const test = suite('engine: features');
const FILTERS = [4, 6, 8, 10, 12];

function noise(width: number, height: number): Image<Uint8Array> {
  const random = new Random(seedKey(3));
  return { width, height, channels: 1, data: Uint8Array.from({ length: width * height }, () => random.integer(256)) };
}

/** The nodes of each output, `00 10 01`. */
async function nodesOf(fields: Partial<ModelConfig>): Promise<Record<string, string>> {
  const model = randomModel({ filters: FILTERS, ...fields });
  const { outputs } = await viewOf({ name: '', initFrom: '', bytes: new Uint8Array(), model });
  model.backend.close();
  return Object.fromEntries(outputs.map(({ mode, nodes }) => [mode, nodes.map((node) => node.join('')).join(' ')]));
}

test('each output lights the nodes that it needs', async () => {
  const triangle = {
    L1: '00 01 10',
    L2: '00 01 02 10 11 20',
    L3: '00 01 02 03 10 11 12 20 21 30',
    L4: '00 01 02 03 04 10 11 12 13 20 21 22 30 31 40',
  };
  assert.equal(await nodesOf({ skips: 'dense' }), { ...triangle, accurate: triangle.L4 });
  assert.equal(await nodesOf({ skips: 'adjacent' }), { ...triangle, accurate: triangle.L4 });
  // UNet^e: a decoder for each depth, which reads the encoder alone.
  assert.equal(await nodesOf({ skips: 'original' }), {
    L1: '00 01 10',
    L2: '00 02 10 11 20',
    L3: '00 03 10 12 20 21 30',
    L4: '00 04 10 13 20 22 30 31 40',
    accurate: triangle.L4,
  });
  assert.equal(await nodesOf({ skips: 'dense', deepSupervision: false }), { L4: triangle.L4 });
  assert.equal(await nodesOf({ skips: 'original', deepSupervision: false }), { L4: '00 04 10 13 20 22 30 31 40' });
});

test('X(0,4) is what the head L4 reads: its logits, worked out by hand, are those of the prediction', async () => {
  const model = randomModel({ filters: FILTERS, norm: 'group' });
  const image = noise(48, 32);
  const seen = seenBy(model, image);
  assert.equal([seen.width, seen.height], [48, 32]);
  const nodes = [];
  for await (const node of nodeValues(model, seen)) nodes.push(node);
  assert.equal(nodes.map(({ i, j, width, height, channels }) => [i, j, width, height, channels]).slice(0, 7), [
    ...[0, 1, 2, 3, 4].map((j) => [0, j, 48, 32, 4]),
    [1, 0, 24, 16, 6],
    [1, 1, 24, 16, 6],
  ]);
  const { data } = nodes.find(({ i, j }) => i === 0 && j === 4)!;
  const values = await model.parameters.read();
  const [weights, bias] = [values.get('final4.weight')!, values.get('final4.bias')!];
  const { probs } = await model.predict(image, { mode: 'L4' });
  for (const [at, probability] of probs.entries()) {
    let logit = bias[0]!;
    for (let c = 0; c < 4; c++) logit += weights[c]! * data[4 * at + c]!;
    const expected = 1 / (1 + Math.exp(-logit));
    assert.ok(Math.abs(expected - probability) < 1e-6, `pixel ${at}: ${probability}, by hand ${expected}`);
  }
  model.backend.close();
});

test('maps show the channels that vary the most, each from black to white, and no memory is kept', async () => {
  const model = randomModel({ filters: [10, 12], norm: 'batch' });
  const views = await featuresOf(model, noise(40, 40));
  assert.equal(
    views.map(({ i, j, maps }) => [i, j, maps.length]),
    [
      [0, 0, 8],
      [0, 1, 8],
      [1, 0, 8],
    ],
  );
  const [first] = views[0]!.maps;
  assert.equal([first!.width, first!.height, first!.channels], [40, 40, 1]);
  assert.equal([Math.min(...first!.data), Math.max(...first!.data)], [0, 255]);
  model.backend.close();
});

test('a large image is seen no larger than 256 pixels a side, at a size that the network halves', async () => {
  const model = randomModel({ filters: [2, 2, 2, 2] });
  const { width, height } = seenBy(model, noise(1000, 610));
  assert.equal([width, height], [256, 160]);
  const small = seenBy(model, noise(3, 21));
  assert.equal([small.width, small.height], [8, 24]);
  model.adopt({ ...model.card, preprocessing: { normalisation: 'range', size: 512 } });
  const sized = seenBy(model, noise(1000, 610));
  assert.equal([sized.width, sized.height], [256, 256]);
  model.backend.close();
});

test.run();
