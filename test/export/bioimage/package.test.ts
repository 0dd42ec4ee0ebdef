/** A BioImage.IO package: what is in it, that its parts fit together, and that its weights give its test tensors. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testImage } from '../../../src/app/export/check.js';
import { ReferenceBackend } from '../../../src/backend/reference.js';
import { readPackage } from '../../../src/export/bioimage/check.js';
import type { About } from '../../../src/export/bioimage/describe.js';
import { BIOIMAGE_PACKAGE, bioimagePackage } from '../../../src/export/bioimage/package.js';
import { packageSizes, sizeAround } from '../../../src/export/bioimage/sizes.js';
import { runSteps } from '../../../src/export/bioimage/steps.js';
import { exportOnnx } from '../../../src/export/onnx/onnx.js';
import { openImage } from '../../../src/formats/formats.js';
import { decodePng } from '../../../src/formats/png/png.js';
import { sourceOf } from '../../../src/formats/source.js';
import type { Image } from '../../../src/image/image.js';
import { normalise } from '../../../src/image/normalise.js';
import type { ModelCard } from '../../../src/model/card.js';
import { createModel, type Model } from '../../../src/model/model.js';
import type { ModelConfig } from '../../../src/network/config.js';
import { mismatch } from '../../../src/selftest/compare.js';
import { runOnnx } from '../../support/export/onnx-interpreter.js';
import { readOnnx } from '../../support/export/onnx-reader.js';
import { rejection } from '../../support/throws.js';

/** A network of depth 1 reaches 9 pixels, so that 20 is the least side. */
const SIDE = 20;

function modelOf(config: Partial<ModelConfig>, card: Partial<ModelCard> = {}): Model {
  const model = createModel({ filters: [3, 4], ...config }, { backend: new ReferenceBackend(), seed: 3 });
  model.adopt({ ...model.card, ...card });
  return model;
}

interface Wishes {
  readonly about?: About;
  readonly image?: Image;
}

async function packed(model: Model, { about = {}, image }: Wishes = {}): Promise<Uint8Array> {
  const sizes = packageSizes(model.config);
  const tried = image ?? testImage(sizeAround({ width: 24, height: SIDE }, sizes), model.config.inChannels);
  const weights = await exportOnnx(model);
  const [prediction] = await model.probabilities(
    [normalise(tried, model.card.preprocessing.normalisation)],
    'accurate',
  );
  const file = 'runs/brain scans/model.safetensors';
  return bioimagePackage(model, weights, { file, about, sizes, image: tried, prediction: prediction! });
}

/** The image of `testImage` as another program may have it, in this type. */
function imageIn(type: 'uint16' | 'float32', channels = 1): Image {
  const { data, ...size } = testImage({ width: 24, height: SIDE }, channels);
  return {
    ...size,
    data: type === 'uint16' ? Uint16Array.from(data, (v) => 257 * v) : Float32Array.from(data, (v) => v / 255),
  };
}

test('the files, and what the description says of them', async () => {
  const model = modelOf({}, { preprocessing: { normalisation: 'percentile' }, classNames: ['grey matter'] });
  const bytes = await packed(model);
  const { description, files } = await readPackage(bytes, 'a.zip');
  assert.equal(
    [...files.keys()],
    [
      'rdf.yaml',
      'weights.onnx',
      'test_input.npy',
      'test_output.npy',
      'sample_input.tif',
      'sample_output.tif',
      'cover.png',
      'README.md',
    ],
  );
  assert.ok(BIOIMAGE_PACKAGE.begins(Buffer.from(bytes.subarray(0, 65536)).toString('latin1')));
  const { inputs, outputs, weights, config, ...rest } = description;
  assert.equal(rest, {
    format_version: '0.5.7',
    type: 'model',
    name: 'brain scans segmentation',
    description: 'Segmentation of grey matter',
    authors: [],
    cite: [
      {
        text: 'Zhou, Z., Rahman Siddiquee, M. M., Tajbakhsh, N., Liang, J.: UNet++: A Nested U-Net Architecture for Medical Image Segmentation. DLMIA 2018',
        doi: '10.1007/978-3-030-00889-5_1',
      },
    ],
    tags: ['segmentation', 'semantic-segmentation', '2d', 'unet++', 'onnx'],
    documentation: 'README.md',
    covers: ['cover.png'],
  });
  const size = { min: 20, step: 2 };
  const { test_tensor, sample_tensor, ...input } = inputs[0]!;
  assert.equal([test_tensor.source, sample_tensor.source], ['test_input.npy', 'sample_input.tif']);
  assert.equal(input, {
    id: 'image',
    description: 'an image as it is stored',
    axes: [
      { type: 'batch', id: 'batch' },
      { type: 'channel', id: 'channel', channel_names: ['intensity'] },
      { type: 'space', id: 'y', size },
      { type: 'space', id: 'x', size },
    ],
    data: { type: 'float32' },
    preprocessing: [
      {
        id: 'scale_range',
        kwargs: { axes: ['channel', 'y', 'x'], min_percentile: 1, max_percentile: 99, eps: 1e-6 },
      },
      { id: 'clip', kwargs: { min: 0, max: 1 } },
      { id: 'ensure_dtype', kwargs: { dtype: 'float32' } },
    ],
  });
  assert.equal(outputs[0]!.axes.slice(1), [
    { type: 'channel', id: 'channel', channel_names: ['grey_matter'] },
    { type: 'space', id: 'y', size: { tensor_id: 'image', axis_id: 'y' }, halo: 9 },
    { type: 'space', id: 'x', size: { tensor_id: 'image', axis_id: 'x' }, halo: 9 },
  ]);
  assert.equal([outputs[0]!.data, outputs[0]!.postprocessing], [{ type: 'float32', range: [0, 1] }, []]);
  assert.equal([weights.onnx.source, weights.onnx.opset_version], ['weights.onnx', 13]);
  assert.equal((config.unetpp as { network: unknown }).network, { ...model.config, filters: [3, 4] });
});

test('the same model gives the same bytes', async () => {
  assert.equal(await packed(modelOf({})), await packed(modelOf({})));
});

test('the sample is the image as it is stored, and the cover has two halves', async () => {
  const image = testImage({ width: 24, height: SIDE }, 3);
  const { files } = await readPackage(await packed(modelOf({ inChannels: 3 }), { image }), 'a.zip');
  const sample = await openImage(sourceOf(files.get('sample_input.tif')!, 'sample_input.tif'));
  const { width, height, channels, data } = await sample.read(0);
  assert.equal({ width, height, channels, data }, image);
  const cover = decodePng(files.get('cover.png')!, 'cover.png');
  assert.equal([cover.width, cover.height, cover.channels], [512, 256, 3]);
});

const CHANNELS = ['red', 'green', 'blue'];
for (const [title, config, card, image, type, channels] of [
  ['range of bytes', {}, { preprocessing: { normalisation: 'range' } }, undefined, 'uint8', ['intensity']],
  ['range of 16 bits', {}, { preprocessing: { normalisation: 'range' } }, imageIn('uint16'), 'uint16', ['intensity']],
  ['range of floats', {}, { preprocessing: { normalisation: 'range' } }, imageIn('float32'), 'float32', ['intensity']],
  [
    'percentile, colours',
    { inChannels: 3 },
    { preprocessing: { normalisation: 'percentile' } },
    undefined,
    'float32',
    CHANNELS,
  ],
  ['z-score, 16 bits', {}, { preprocessing: { normalisation: 'zscore' } }, imageIn('uint16'), 'float32', ['intensity']],
  [
    'a window, neighbours',
    { inChannels: 3 },
    { preprocessing: { normalisation: 'window:100,90', neighbours: 1 } },
    undefined,
    'float32',
    ['channel_1', 'channel_2', 'channel_3'],
  ],
  ['several classes', { classes: 3, deepSupervision: false }, {}, undefined, 'uint8', ['intensity']],
  ['group norm', { norm: 'group', upsample: 'bilinear' }, {}, undefined, 'uint8', ['intensity']],
] as const) {
  test(`the weights give the test tensor by the steps that are described: ${title}`, async () => {
    const model = modelOf(config, card as Partial<ModelCard>);
    const read = await readPackage(await packed(model, image && { image }), 'a.zip');
    const [input, output] = [read.description.inputs[0]!, read.description.outputs[0]!];
    assert.equal([input.data.type, input.axes[1]!.channel_names], [type, channels]);
    const data = runSteps(read.input.data, input.preprocessing);
    const onnx = readOnnx(read.files.get('weights.onnx')!);
    const answer = runOnnx(onnx, new Map([[input.id, { shape: read.input.shape, data }]])).get(output.id)!;
    assert.equal(answer.shape, read.output.shape);
    assert.is(mismatch(runSteps(answer.data, output.postprocessing), read.output.data, 1e-5), undefined);
  });
}

test('a threshold that was chosen makes masks; what a package cannot say is in its README', async () => {
  const model = modelOf(
    {},
    {
      thresholds: { L1: 0.35 },
      postprocessing: { L1: { minObject: 4 } },
      training: { dataset: 'my-scans', images: { train: 8, validation: 2 }, validation: { dice: 0.91234 } },
      preprocessing: { normalisation: 'range', size: 24, fit: 'pad' },
    },
  );
  const { description, files, output } = await readPackage(await packed(model), 'a.zip');
  const { data, postprocessing } = description.outputs[0]!;
  assert.equal(data, { type: 'uint8', values: [0, 1] });
  assert.equal(postprocessing, [
    { id: 'binarize', kwargs: { threshold: 0.35 } },
    { id: 'ensure_dtype', kwargs: { dtype: 'uint8' } },
  ]);
  assert.ok(output.data instanceof Uint8Array);
  const readme = new TextDecoder().decode(files.get('README.md'));
  assert.match(readme, /^# brain scans segmentation\n\nSegmentation of foreground, trained on my-scans\n\n/);
  assert.match(readme, '\n* `probabilities`: a mask, 1 where the probability is above 0.35, [batch, channel, y, x];');
  assert.match(readme, '\n* It was trained on images of 24 x 24 pixels (scaled by one factor and padded): bring');
  assert.match(
    readme,
    '\n* The masks of unetpp itself are then postprocessed, which a package cannot say: {"minObject":4}.',
  );
  assert.match(
    readme,
    '\n## Validation\n\nIn its training it reached a Dice of 0.9123 on 2 validation images of my-scans, by',
  );
});

test('what a person says of the model', async () => {
  const about = {
    name: 'Nuclei (UNet++)',
    description: 'Finds nuclei.',
    authors: [{ name: 'Ada Lovelace', affiliation: 'University of London' }, { name: 'Grace Hopper' }],
    license: 'CC-BY-4.0',
  };
  const { description } = await readPackage(await packed(modelOf({}), { about }), 'a.zip');
  const { name, authors, license } = description;
  assert.equal({ name, description: description.description, authors, license }, about);
});

test('a model that finds nothing in the image leaves nothing to test by', async () => {
  const nothing =
    'runs/brain scans/model.safetensors: nothing is above 1 in the test image, which leaves nothing to compare';
  assert.is(
    await rejection(packed(modelOf({}, { thresholds: { L1: 1 } }))),
    `${nothing}; give an image of what it finds by --image`,
  );
});

test('sizes: from the first that the halo leaves something of, or the one that is fixed', () => {
  const { config } = modelOf({ filters: [2, 2, 2] });
  const size = { min: 48, step: 4 };
  assert.equal(packageSizes(config), { width: size, height: size, halo: 23 });
  assert.equal(packageSizes(config, { width: 64, height: 32 }), { width: 64, height: 32 });
  assert.equal(packageSizes(config, { width: 64, height: 48 }), { width: 64, height: 48, halo: 23 });
  assert.throws(
    () => packageSizes(config, { width: 64, height: 34 }),
    (error: Error) => error.message === 'size 64x34: a network of depth 2 needs a multiple of 4; use 32 or 36',
  );
  const around = (width: number, height: number) => sizeAround({ width, height }, packageSizes(config));
  assert.equal(
    [around(10, 48), around(49, 52)],
    [
      { width: 48, height: 48 },
      { width: 52, height: 52 },
    ],
  );
});

test.run();
