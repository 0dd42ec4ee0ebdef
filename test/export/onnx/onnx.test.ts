/** The ONNX export: what is in a file, read back from its bytes, and what it computes, by an interpreter of its own. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReferenceBackend } from '../../../src/backend/reference.js';
import { Random, seedKey } from '../../../src/base/random.js';
import { exportOnnx, type OnnxOptions } from '../../../src/export/onnx/onnx.js';
import { OnnxBuilder } from '../../../src/export/onnx/onnx-builder.js';
import { translate } from '../../../src/export/onnx/onnx-ops.js';
import { encodeOnnx } from '../../../src/formats/onnx/onnx-file.js';
import { Graph } from '../../../src/graph/graph.js';
import { Inference, recordInference } from '../../../src/infer/inference.js';
import type { Model } from '../../../src/model/model.js';
import { exportTensors } from '../../../src/model/torch.js';
import { type ModelConfig, norms, skipPatterns, upsamplings } from '../../../src/network/config.js';
import type { Mode } from '../../../src/network/mode.js';
import { recordNetwork } from '../../../src/network/network.js';
import { dropout, normalise, weightedSum } from '../../../src/ops/index.js';
import { mismatch } from '../../../src/selftest/compare.js';
import { normal } from '../../../src/selftest/samples.js';
import { permute, toNhwc } from '../../support/backend/layout.js';
import { runOnnx } from '../../support/export/onnx-interpreter.js';
import { readOnnx } from '../../support/export/onnx-reader.js';
import { randomModel } from '../../support/export/random-model.js';
import { rejection, throwsInput } from '../../support/throws.js';

/** Both sides compute in float64, but epsilon is float32 in the file, and so are weights with batch norm in them. */
const TOLERANCE = { none: 1e-9, batch: 1e-6, instance: 1e-9, group: 1e-9 };
const SIZE = { height: 8, width: 12 };
const BATCH = 2;

/** A model in float64. */
function modelOf(fields: Partial<ModelConfig>): Model {
  return randomModel(fields, new ReferenceBackend('float64'));
}

/** The outputs of the file and of the model, NHWC, by the names that the file gives them. */
async function outputsOf(model: Model, output: Mode | 'logits', fixed: OnnxOptions) {
  const size = { batch: BATCH, ...SIZE };
  const x = normal([BATCH, SIZE.height, SIZE.width, model.config.inChannels])(new Random(seedKey(2)));
  const file = readOnnx(await exportOnnx(model, { output, ...fixed }));
  const actual = runOnnx(file, new Map([['image', permute(x, [0, 3, 1, 2])]]));
  const graph = output === 'logits' ? recordInference(model.config, output, size) : model.record(output, size);
  const expected = await new Inference(graph, model.parameters).run(x.data);
  return [...actual].map(([name, array], k) => ({ name, array: toNhwc(array), expected: expected[k]! }));
}

/** Of a file that leaves sizes open, and of one that is fixed to them. */
async function checkOutputs(model: Model, output: Mode | 'logits', names: readonly string[]): Promise<void> {
  const { classes, norm } = model.config;
  for (const fixed of [{}, { size: SIZE, batch: BATCH }]) {
    const outputs = await outputsOf(model, output, fixed);
    assert.equal(
      outputs.map(({ name }) => name),
      names,
    );
    for (const { name, array, expected } of outputs) {
      assert.equal(array.shape, [BATCH, SIZE.height, SIZE.width, classes]);
      assert.is(mismatch(array.data, expected, TOLERANCE[norm]), undefined, `${output}, ${name}`);
    }
  }
}

test('a file has what its outputs need, in the order of computation, with the weights of PyTorch', async () => {
  const model = modelOf({ filters: [2, 3], inChannels: 2 });
  const file = readOnnx(await exportOnnx(model));
  const { formatVersion, operatorSet, producer } = file;
  assert.equal({ formatVersion, operatorSet, producer }, { formatVersion: 7, operatorSet: 13, producer: 'unetpp' });
  assert.equal([...file.inputs], [['image', ['batch', 2, 'height', 'width']]]);
  assert.equal([...file.outputs], [['probabilities', ['batch', 1, 'height', 'width']]]);
  const fixed = readOnnx(await exportOnnx(model, { size: SIZE, batch: BATCH }));
  assert.equal([...fixed.inputs], [['image', [2, 2, 8, 12]]]);
  assert.equal([...fixed.outputs], [['probabilities', [2, 1, 8, 12]]]);
  const unit = ['Conv', 'Relu', 'Conv', 'Relu'];
  assert.equal(
    file.nodes.map(({ operator }) => operator),
    [...unit, 'MaxPool', ...unit, 'ConvTranspose', 'Concat', ...unit, 'Conv', 'Sigmoid'],
  );
  assert.equal(
    file.nodes[0]!.attributes,
    new Map([
      ['kernel_shape', [3, 3]],
      ['pads', [1, 1, 1, 1]],
      ['strides', [1, 1]],
    ]),
  );
  assert.equal(file.nodes[0]!.inputs, ['image', 'conv0_0.conv1.weight', 'conv0_0.conv1.bias']);
  const expected = (await exportTensors(model.parameters)).map(([name, { shape, data }]) => {
    return [name, { shape, data: Array.from(data, Number) }] as const;
  });
  assert.equal(new Map([...file.initializers].sort()), new Map(expected));
});

for (const [i, norm] of norms.entries()) {
  for (const [k, upsample] of upsamplings.entries()) {
    const skips = skipPatterns[(i + k) % skipPatterns.length]!;
    const classes = k < 2 ? 1 : 3;
    test(`norm ${norm}, upsampling ${upsample}, ${skips} skips, classes ${classes}: the file computes what the network does`, async () => {
      // Group norm makes five groups of 10 channels, and of 3 as many as channels.
      const model = modelOf({ filters: [3, 10, 4], inChannels: 2, norm, upsample, skips, classes });
      await checkOutputs(model, 'logits', ['logits_L1', 'logits_L2']);
      await checkOutputs(model, 'accurate', ['probabilities']);
    });
  }
}

test('a network of one head', async () => {
  const model = modelOf({ filters: [2, 3, 4], deepSupervision: false });
  await checkOutputs(model, 'logits', ['logits_L2']);
  await checkOutputs(model, 'accurate', ['probabilities']);
});

test('a mode of one head exports the pruned network', async () => {
  const model = modelOf({ filters: [2, 3, 4] });
  await checkOutputs(model, 'L1', ['probabilities']);
  const { initializers, nodes } = readOnnx(await exportOnnx(model, { output: 'L1', size: { height: 2, width: 6 } }));
  assert.is(nodes[0]!.operator, 'Conv', 'nothing to pad: L1 takes multiples of 2');
  const modules = new Set([...initializers.keys()].map((name) => name.split('.')[0]));
  assert.equal([...modules].sort(), ['conv0_0', 'conv0_1', 'conv1_0', 'final1', 'up0_1']);
});

test('a weighted sum of unequal weights', () => {
  const graph = new Graph();
  const shape = [1, 1, 2, 1];
  const inputs = ['a', 'b'].map((name) => graph.input(name, shape));
  const y = weightedSum(inputs, [0.25, -2]);
  const onnx = new OnnxBuilder();
  for (const [k, tensor] of [...inputs, y].entries()) onnx.call(tensor, ['a', 'b', 'y'][k]!);
  translate([y], onnx);
  const values = (names: readonly string[]) => names.map((name) => ({ name, shape: [1, 1, 1, 2] }));
  const { nodes, initializers } = onnx;
  const file = readOnnx(encodeOnnx({ nodes, initializers, inputs: values(['a', 'b']), outputs: values(['y']) }));
  const outputs = runOnnx(
    file,
    new Map([
      ['a', { shape: [1, 1, 1, 2], data: [4, 8] }],
      ['b', { shape: [1, 1, 1, 2], data: [1, 3] }],
    ]),
  );
  assert.equal(outputs.get('y')!.data, Float64Array.of(-1, -4));
});

test('a wrong call is refused', async () => {
  const model = modelOf({ filters: [2, 3] });
  const refusal = (options: object) => rejection(exportOnnx(model, options));
  assert.is(await refusal({ output: 'L2' }), 'mode "L2": this network has accurate, fast, L1');
  assert.is(await refusal({ batch: 0 }), 'exportOnnx: batch is 0, expected a whole number of at least 1');
  assert.is(
    await refusal({ size: { width: 4, height: 0.5 } }),
    'exportOnnx: height is 0.5, expected a whole number of at least 1',
  );
  for (const normalisation of ['percentile', 'window:40,400'] as const) {
    model.adopt({ ...model.card, preprocessing: { normalisation } });
    assert.is(
      await refusal({ preprocessing: true }),
      `preprocessing: an ONNX file normalises images by range or zscore, this model by ${normalisation}; leave preprocessing out, and give the file images that are normalised already`,
    );
  }
});

test('an op that has no translation is refused by its name', async () => {
  const advice = 'export a graph recorded for inference';
  const graph = new Graph();
  const x = graph.input('x', [1, 2, 2, 3]);
  const y = dropout(x, graph.input('keys', [1, 4]), 0.5, 0);
  throwsInput(() => translate([y], new OnnxBuilder()), `ONNX export: there is no translation of dropout; ${advice}`);
  const { config, parameters } = modelOf({ filters: [2, 3], norm: 'batch' });
  const training = recordNetwork(config, { batch: 1, height: 4, width: 4, training: true });
  const onnx = new OnnxBuilder({ weights: new Map(await exportTensors(parameters)) });
  throwsInput(
    () => translate([training.heads[0]!.logits], onnx),
    `ONNX export: there is no translation of moments of a whole batch; ${advice}`,
  );
  const statistics = ['mean', 'variance'].map((name) => graph.parameter(name, [1, 3]));
  const [gamma, beta] = ['gamma', 'beta'].map((name) => graph.parameter(name, [3]));
  const normalised = normalise(x, { mean: statistics[0]!, variance: statistics[1]! }, gamma!, beta!);
  throwsInput(
    () => translate([normalised], new OnnxBuilder()),
    `ONNX export: there is no translation of batch norm of what is no convolution; ${advice}`,
  );
});

test('batch norm is a part of the convolutions', async () => {
  const model = modelOf({ filters: [2, 3], norm: 'batch' });
  const { nodes, initializers } = readOnnx(await exportOnnx(model));
  assert.not.ok(nodes.some(({ operator }) => operator === 'BatchNormalization'));
  assert.not.ok([...initializers.keys()].some((name) => name.includes('.bn')));
  const values = new Map(
    (await exportTensors(model.parameters)).map(([name, { data }]) => [name, Array.from(data, Number)]),
  );
  const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
    (name) => values.get(`conv0_0.bn2.${name}`)!,
  );
  const rate = gamma![1]! / Math.sqrt(variance![1]! + 1e-5);
  const weights = values.get('conv0_0.conv2.weight')!;
  assert.equal(
    Array.from(initializers.get('conv0_0.conv2.weight')!.data).slice(18),
    weights.slice(18).map((weight) => Math.fround(weight * rate)),
  );
  const bias = values.get('conv0_0.conv2.bias')![1]!;
  assert.is(initializers.get('conv0_0.conv2.bias')!.data[1], Math.fround((bias - mean![1]!) * rate + beta![1]!));
});

for (const [width, height] of [
  [5, 8],
  [9, 7],
  [3, 2],
  [1, 1],
  [1, 6],
] as const) {
  test(`a fixed size of ${width}x${height}, which depth 3 does not divide: padded and cropped as a prediction is`, async () => {
    for (const norm of ['none', 'group'] as const) {
      const model = modelOf({ filters: [2, 3, 10, 4], inChannels: 2, norm });
      const file = readOnnx(await exportOnnx(model, { size: { width, height } }));
      assert.equal(file.inputs.get('image'), ['batch', 2, height, width]);
      assert.equal(file.outputs.get('probabilities'), ['batch', 1, height, width]);
      const x = normal([BATCH, height, width, 2])(new Random(seedKey(2)));
      const found = toNhwc(runOnnx(file, new Map([['image', permute(x, [0, 3, 1, 2])]])).get('probabilities')!);
      const pixels = 2 * width * height;
      const images = [0, 1].map((k) => {
        const data = Float32Array.from(x.data).subarray(k * pixels, (k + 1) * pixels);
        return { width, height, channels: 2, data };
      });
      const expected = (await model.probabilities(images, 'accurate')).flatMap(({ probs }) => [...probs]);
      // Images and predictions of the library are float32.
      assert.is(mismatch(found.data, expected, 1e-6), undefined, norm);
    }
  });
}

test('preprocessing: the file normalises images as the model does, a flat one too', async () => {
  const model = modelOf({ filters: [2, 3], inChannels: 3 });
  const [width, height] = [4, 6];
  const random = new Random(seedKey(3));
  const grained = Uint8Array.from({ length: 3 * width * height }, () => Math.floor(256 * random.uniform(0, 1)));
  for (const normalisation of ['range', 'zscore'] as const) {
    model.adopt({ ...model.card, preprocessing: { normalisation } });
    const file = readOnnx(await exportOnnx(model, { preprocessing: true }));
    for (const data of [grained, new Uint8Array(grained.length).fill(100)]) {
      const image = { shape: [1, height, width, 3], data: [...data] };
      const found = toNhwc(runOnnx(file, new Map([['image', permute(image, [0, 3, 1, 2])]])).get('probabilities')!);
      const { probs } = await model.predict({ width, height, channels: 3, data });
      assert.is(mismatch(found.data, probs, 1e-6), undefined, normalisation);
    }
  }
});

test.run();
