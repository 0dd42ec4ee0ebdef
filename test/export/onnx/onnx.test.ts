/** The ONNX export: what is in a file, read back from its bytes, and what it computes, by an interpreter of its own. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReferenceBackend } from '../../../src/backend/reference.js';
import { Random, seedKey } from '../../../src/base/random.js';
import { exportOnnx, onnxGraph } from '../../../src/export/onnx/onnx.js';
import { encodeOnnx } from '../../../src/formats/onnx/onnx-file.js';
import { Graph } from '../../../src/graph/graph.js';
import { Inference, recordInference } from '../../../src/infer/inference.js';
import { createModel, type Model } from '../../../src/model/model.js';
import { exportTensors } from '../../../src/model/torch.js';
import { type ModelConfig, norms, skipPatterns, upsamplings } from '../../../src/network/config.js';
import type { Mode } from '../../../src/network/mode.js';
import { recordNetwork } from '../../../src/network/network.js';
import { dropout, weightedSum } from '../../../src/ops/index.js';
import { mismatch } from '../../../src/selftest/compare.js';
import { normal, positive } from '../../../src/selftest/samples.js';
import { permute, toNhwc } from '../../support/backend/layout.js';
import { runOnnx } from '../../support/export/onnx-interpreter.js';
import { readOnnx } from '../../support/export/onnx-reader.js';
import { rejection, throwsInput } from '../../support/throws.js';

/** Both sides compute in float64, but epsilon is float32 in the file. */
const TOLERANCE = 1e-9;
const SIZE = { batch: 2, height: 8, width: 12 };

/**
 * A model in float64 whose parameters, biases and running statistics included, are random float32 numbers, such that
 * logits are of a size that no sigmoid saturates at.
 */
function modelOf(fields: Partial<ModelConfig>): Model {
  const model = createModel(fields, { backend: new ReferenceBackend('float64') });
  const random = new Random(seedKey(1));
  const values = model.parameters.list.map(({ name, kind, shape, fanIn }) => {
    const sample = kind === 'runningVariance' ? positive(shape) : normal(shape);
    const scale = shape.length === 4 ? Math.sqrt(2 / fanIn) : 0.5;
    return [name, Float32Array.from(sample(random).data, (x) => scale * x)] as const;
  });
  model.parameters.load(new Map(values));
  return model;
}

/** The outputs of the file and of the model, NHWC, by the names that the file gives them. */
async function outputsOf(model: Model, output: Mode | 'logits') {
  const { batch, height, width } = SIZE;
  const x = normal([batch, height, width, model.config.inChannels])(new Random(seedKey(2)));
  const file = readOnnx(await exportOnnx(model, { output, ...SIZE }));
  const actual = runOnnx(file, new Map([['image', permute(x, [0, 3, 1, 2])]]));
  const graph = output === 'logits' ? recordInference(model.config, output, SIZE) : model.record(output, SIZE);
  const expected = await new Inference(graph, model.parameters).run(x.data);
  return [...actual].map(([name, array], k) => ({ name, array: toNhwc(array), expected: expected[k]! }));
}

async function checkOutputs(model: Model, output: Mode | 'logits', names: readonly string[]): Promise<void> {
  const { batch, height, width } = SIZE;
  const outputs = await outputsOf(model, output);
  assert.equal(
    outputs.map(({ name }) => name),
    names,
  );
  for (const { name, array, expected } of outputs) {
    assert.equal(array.shape, [batch, height, width, model.config.classes]);
    assert.is(mismatch(array.data, expected, TOLERANCE), undefined, `${output}, ${name}`);
  }
}

test('a file has what its outputs need, in the order of computation, with the weights of PyTorch', async () => {
  const model = modelOf({ filters: [2, 3], inChannels: 2 });
  const file = readOnnx(await exportOnnx(model, SIZE));
  const { formatVersion, operatorSet, producer } = file;
  assert.equal({ formatVersion, operatorSet, producer }, { formatVersion: 7, operatorSet: 13, producer: 'unetpp' });
  assert.equal([...file.inputs], [['image', [2, 2, 8, 12]]]);
  assert.equal([...file.outputs], [['probabilities', [2, 1, 8, 12]]]);
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

test('a mode of one head exports the pruned network, for every size that it takes', async () => {
  const model = modelOf({ filters: [2, 3, 4] });
  await checkOutputs(model, 'L1', ['probabilities']);
  const { initializers, inputs } = readOnnx(await exportOnnx(model, { output: 'L1', height: 2, width: 6 }));
  assert.equal([...inputs], [['image', [1, 1, 2, 6]]]);
  const modules = new Set([...initializers.keys()].map((name) => name.split('.')[0]));
  assert.equal([...modules].sort(), ['conv0_0', 'conv0_1', 'conv1_0', 'final1', 'up0_1']);
});

test('a weighted sum of unequal weights', () => {
  const graph = new Graph();
  const shape = [1, 1, 2, 1];
  const [a, b] = ['a', 'b'].map((name) => ({ name, tensor: graph.input(name, shape) }));
  const y = { name: 'y', tensor: weightedSum([a!.tensor, b!.tensor], [0.25, -2]) };
  const file = readOnnx(encodeOnnx(onnxGraph([a!, b!], [y], new Map())));
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
  const refusal = (options: object) => rejection(exportOnnx(model, { height: 4, width: 4, ...options }));
  assert.is(await refusal({ output: 'L2' }), 'mode "L2": this network has accurate, fast, L1');
  assert.is(await refusal({ batch: 0 }), 'exportOnnx: batch is 0, expected a whole number of at least 1');
  assert.is(
    await refusal({ height: undefined }),
    'exportOnnx: height is nothing, expected a whole number of at least 1',
  );
  assert.is(await refusal({ width: 5 }), 'size 5x4: a network of depth 1 needs a multiple of 2; use 4 or 6');
});

test('an op that has no translation is refused by its name', async () => {
  const advice = 'export a graph recorded for inference';
  const graph = new Graph();
  const x = graph.input('x', [1, 2, 2, 3]);
  const y = dropout(x, graph.input('keys', [1, 4]), 0.5, 0);
  throwsInput(
    () => onnxGraph([{ name: 'x', tensor: x }], [{ name: 'y', tensor: y }], new Map()),
    `ONNX export: there is no translation of dropout; ${advice}`,
  );
  const { config, parameters } = modelOf({ filters: [2, 3], norm: 'batch' });
  const training = recordNetwork(config, { batch: 1, height: 4, width: 4, training: true });
  const outputs = [{ name: 'logits', tensor: training.heads[0]!.logits }];
  const weights = new Map(await exportTensors(parameters));
  throwsInput(
    () => onnxGraph([{ name: 'image', tensor: training.input }], outputs, weights),
    `ONNX export: there is no translation of moments of a whole batch; ${advice}`,
  );
});

test.run();
