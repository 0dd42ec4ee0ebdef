/** The export for the edge: what its files compute, read back by the runner that travels with them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testImage } from '../../../src/app/export/check.js';
import { edge } from '../../../src/app/export/edge.js';
import type { Size } from '../../../src/image/frame.js';
import { prepareImage } from '../../../src/image/prepare.js';
import type { Model } from '../../../src/model/model.js';
import { prune } from '../../../src/model/prune.js';
import { type ModelConfig, norms, upsamplings } from '../../../src/network/config.js';
import { loadEdgeRunner } from '../../../src/platform/node/edge-runner.js';
import { identical } from '../../../src/selftest/compare.js';
import { exportEdge } from '../../support/export/edge-network.js';
import { randomModel } from '../../support/export/random-model.js';
import { rejection } from '../../support/throws.js';

const SQUARE = { width: 32, height: 32 };
const WIDE = { width: 48, height: 32 };

/** Runs the files of an export on its test image, and on another one, and compares them with the model. */
async function checkBits(model: Model, size: Size = SQUARE): Promise<void> {
  const { files, maxDifference } = await exportEdge(model, size);
  assert.is(maxDifference, 0);
  const { Network } = await loadEdgeRunner();
  const [plan, kernels, weights, input, expected] = [
    'plan.json',
    'kernels.wasm',
    'weights.bin',
    'input.bin',
    'expected.bin',
  ].map((name) => files.get(name)!) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const network = new Network({ plan, kernels, weights });
  network.test(input, expected);
  const { config } = model;
  const tried = testImage(size, config.inChannels);
  const inverted = { ...tried, data: tried.data.map((value) => 255 - value) };
  const image = prepareImage(inverted, config.inChannels, { normalisation: 'range' });
  const [prediction] = await model.probabilities([image], 'accurate');
  assert.ok(identical(network.run(image.data), prediction!.probs), 'another image');
  network.test(input, expected);
}

const cases: readonly (readonly [name: string, fields: Partial<ModelConfig>, size: Size])[] = [
  ...norms.map((norm) => [`norm ${norm}`, { filters: [8, 16, 24], norm }, SQUARE] as const),
  ...upsamplings.map((upsample) => [`upsampling ${upsample}`, { filters: [8, 16], upsample }, WIDE] as const),
  ['odd channels', { filters: [3, 10, 5], inChannels: 2, norm: 'instance' }, WIDE],
  ['three classes, one head', { filters: [8, 12, 16], classes: 3, deepSupervision: false }, SQUARE],
  ['five levels, adjacent skips', { filters: [4, 8, 8, 8, 16], inChannels: 3, skips: 'adjacent' }, WIDE],
  ['group norm, bilinear', { filters: [6, 16], classes: 2, norm: 'group', upsample: 'bilinear' }, SQUARE],
];

for (const [name, fields, size] of cases) {
  test(`${name}: the bits of the model`, () => checkBits(randomModel(fields), size));
}

test('a pruned network: the bits of its head, and less of everything', async () => {
  const model = randomModel({ filters: [8, 16, 24] });
  const pruned = prune(model, 1);
  await checkBits(pruned);
  const [whole, part] = [await exportEdge(model, SQUARE), await exportEdge(pruned, SQUARE)];
  for (const name of ['plan.json', 'weights.bin']) {
    assert.ok(part.files.get(name)!.length < whole.files.get(name)!.length, name);
  }
});

test('the least network of a shape that is used: below 100 KB of files, and 2 MB of memory', async () => {
  const model = prune(randomModel({ filters: [8, 16, 32, 64, 128] }), 1);
  const { files, remarks } = await exportEdge(model, { width: 128, height: 128 });
  const { pages } = JSON.parse(new TextDecoder().decode(files.get('plan.json')));
  const stored = ['kernels.wasm', 'plan.json', 'weights.bin'].reduce((sum, name) => sum + files.get(name)!.length, 0);
  assert.ok(stored < 100e3 && pages * 65536 < 2e6, `${stored} bytes stored, ${pages} pages`);
  const grouped = (bytes: number) => bytes.toLocaleString('en-US');
  assert.equal(remarks, [
    `kernels, plan and weights: ${grouped(stored)} bytes; memory while it runs: ${grouped(pages * 65536)} bytes`,
  ]);
});

for (const [weights, largest] of [
  ['f16', 1e-3],
  ['int8', 0.05],
] as const) {
  test(`--weights ${weights}: the runner unpacks the weights to the bits of the library`, async () => {
    const model = randomModel({ filters: [8, 10], norm: 'batch' });
    // The exporter has run the files, and compared every bit with the model of these weights.
    const { files, maxDifference } = await exportEdge(model, SQUARE, weights);
    assert.ok(maxDifference > 0 && maxDifference < largest, `${maxDifference}`);
    const whole = await exportEdge(model, SQUARE);
    assert.ok(files.get('weights.bin')!.length < whole.files.get('weights.bin')!.length);
  });
}

test('a size must be there, and fit the network', async () => {
  const model = randomModel({ filters: [2, 4, 8] });
  const request = { file: 'model.safetensors', image: testImage(SQUARE, 1) };
  assert.is(
    await rejection(edge.export(model, request)),
    '--size: model.safetensors takes images of any size, and this format is fixed to one; state it, 128 or 160x96',
  );
  assert.is(
    await rejection(edge.export(model, { ...request, size: { width: 30, height: 32 } })),
    '--size 30x32: a network of depth 2 needs a multiple of 4; use 28 or 32',
  );
});

test('the plan states how images are prepared and what the numbers mean', async () => {
  const model = randomModel({ filters: [2, 4], classes: 1 });
  model.adopt({
    preprocessing: { normalisation: 'zscore', size: 32, fit: 'pad' },
    thresholds: { L1: 0.375 },
    classNames: ['Läsion'],
  });
  const { files } = await exportEdge(model, SQUARE);
  const text = new TextDecoder('ascii').decode(files.get('plan.json'));
  assert.ok(/^[\n -~]*$/.test(text), 'ASCII alone');
  const { preprocessing, threshold, classNames, input, output } = JSON.parse(text);
  assert.equal(
    { preprocessing, threshold, classNames },
    {
      preprocessing: { normalisation: 'zscore', fit: 'pad' },
      threshold: 0.375,
      classNames: ['Läsion'],
    },
  );
  assert.equal([input.height, input.width, input.channels], [32, 32, 1]);
  assert.equal([output.height, output.width, output.classes], [32, 32, 1]);
});

test.run();
