/** Networks read back from ONNX: ours, those that say the same in other ways, and those that are of no family of ours. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReferenceBackend } from '../../../src/backend/reference.js';
import { exportOnnx, type OnnxOptions } from '../../../src/export/onnx/onnx.js';
import { decodeOnnx } from '../../../src/formats/onnx/decode.js';
import { type Attribute, encodeOnnx, type OnnxGraph, type OnnxNode } from '../../../src/formats/onnx/onnx-file.js';
import type { StoredTensor } from '../../../src/formats/safetensors.js';
import { importOnnx } from '../../../src/import/onnx/import-onnx.js';
import { createModel, type Model } from '../../../src/model/model.js';
import { exportTensors } from '../../../src/model/torch.js';
import { defaultConfig, type ModelConfig, norms, skipPatterns, upsamplings } from '../../../src/network/config.js';
import type { Mode } from '../../../src/network/mode.js';
import { mismatch } from '../../../src/selftest/compare.js';
import { golden, readGolden } from '../../support/backend/golden.js';
import { toNhwc } from '../../support/backend/layout.js';
import { GOLDEN } from '../../support/cli/cli.js';
import { throwsInput } from '../../support/throws.js';

const backend = new ReferenceBackend('float64');
const IMAGE = { width: 12, height: 8 };

/** A model whose biases and norms are no trivial ones. */
function modelOf(fields: Partial<ModelConfig>): Model {
  const model = createModel(fields, { backend, initialisation: 'torch', seed: 3 });
  for (const { name, kind } of model.parameters.list) {
    const storage = model.parameters.get(name);
    if (kind === 'gamma' || kind === 'runningVariance') storage.fill(1.5);
    if (kind === 'beta' || kind === 'runningMean') storage.fill(-0.25);
  }
  model.parameters.weightsChanged();
  return model;
}

const read = (bytes: Uint8Array) => importOnnx(bytes, { backend, file: 'net.onnx' });
const graphOf = async (model: Model, options: OnnxOptions = {}) =>
  decodeOnnx(await exportOnnx(model, options), 'net.onnx').graph;

function imageOf(model: Model) {
  const channels = model.config.inChannels;
  const data = Float32Array.from({ length: IMAGE.width * IMAGE.height * channels }, (_, i) => Math.sin(i * i));
  return { ...IMAGE, channels, data };
}

/** Asserts that two models say the same; weights with a batch norm in them are rounded. */
async function checkSame(found: Model, model: Model, mode: Mode = 'accurate'): Promise<void> {
  const image = imageOf(model);
  const [a] = await found.probabilities([image], 'accurate');
  const [b] = await model.probabilities([image], mode);
  const worst = Math.max(...a!.probs.map((value, i) => Math.abs(value - b!.probs[i]!)));
  assert.ok(worst <= 1e-6, `off by ${worst}`);
}

const valuesOf = async (model: Model) => new Map(await exportTensors(model.parameters));

for (const [i, norm] of norms.entries()) {
  for (const [k, upsample] of upsamplings.entries()) {
    const skips = skipPatterns[(i + k) % skipPatterns.length]!;
    const deepSupervision = k % 2 === 0;
    test(`our export of norm ${norm}, upsampling ${upsample}, ${skips} skips`, async () => {
      const fields = {
        filters: [3, 10, 4],
        inChannels: 2,
        norm,
        upsample,
        skips,
        deepSupervision,
        classes: k < 2 ? 1 : 3,
      };
      const model = modelOf(fields);
      for (const options of [{}, { output: 'logits' }, { size: { width: 9, height: 6 }, batch: 1 }] as const) {
        const found = read(await exportOnnx(model, options));
        assert.equal(found.config, { ...model.config, norm: norm === 'batch' ? 'none' : norm });
        await checkSame(found, model);
        if (norm !== 'batch') assert.equal(await valuesOf(found), await valuesOf(model));
      }
    });
  }
}

test('a mode of one head, and how images are normalised', async () => {
  const model = modelOf({ filters: [2, 3, 4, 2] });
  const found = read(await exportOnnx(model, { output: 'L2' }));
  assert.equal([found.config.filters, found.config.deepSupervision], [[2, 3, 4], false]);
  assert.equal(found.card.preprocessing, { normalisation: 'range' });
  await checkSame(found, model, 'L2');
  for (const normalisation of ['range', 'zscore'] as const) {
    model.adopt({ ...model.card, preprocessing: { normalisation } });
    for (const size of [undefined, { width: 5, height: 16 }]) {
      const { card } = read(await exportOnnx(model, { preprocessing: true, size }));
      assert.equal(card.preprocessing, { normalisation });
    }
  }
});

/** The nodes of a graph with some of them replaced by others. */
function withNodes(graph: OnnxGraph, replace: (node: OnnxNode, at: number) => OnnxNode | OnnxNode[]): OnnxGraph {
  return { ...graph, nodes: graph.nodes.flatMap(replace) };
}

const call = (
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, Attribute>> = {},
): OnnxNode => ({ name: '', operator, inputs, outputs: [output], attributes: new Map(Object.entries(attributes)) });

const list = (...values: number[]): StoredTensor => ({
  dtype: 'F32',
  shape: [values.length],
  data: Float32Array.from(values),
});
const whole = (...values: number[]): StoredTensor => {
  return { dtype: 'I64', shape: [values.length], data: BigInt64Array.from(values, BigInt) };
};

test('other names, nodes that change nothing, constants as nodes', async () => {
  const model = modelOf({ filters: [2, 3, 4], upsample: 'bilinear' });
  const graph = await graphOf(model);
  const renamed = (name: string) => (name === '' ? '' : `v${name.length}.${[...name].reverse().join('')}`);
  const constants = [...graph.initializers].map(([name, tensor]) =>
    call('Constant', [], renamed(name), { value: { tensor } }),
  );
  const nodes = graph.nodes.flatMap((node, at): OnnxNode[] => {
    const output = renamed(node.outputs[0]!);
    return [
      { ...node, name: `n${at}`, inputs: node.inputs.map(renamed), outputs: [`${output}+`] },
      call('Identity', [`${output}+`], `${output}-`),
      call('Cast', [`${output}-`], output, { to: 1 }),
    ];
  });
  const scales = renamed('scales');
  const halves = [
    call('Constant', [], 'ones', { value_floats: { floats: [1, 1] } }),
    call('Constant', [], 'twos', { value: { tensor: list(2, 2) } }),
    call('Concat', ['ones', 'twos'], scales, { axis: 0 }),
  ];
  const values = ({ name, shape }: OnnxGraph['inputs'][number]) => ({ name: renamed(name), shape });
  const { inputs, outputs } = graph;
  const found = read(
    encodeOnnx({
      nodes: [...constants.filter(({ outputs }) => outputs[0] !== scales), ...halves, ...nodes],
      initializers: new Map(),
      inputs: inputs.map(values),
      outputs: outputs.map(values),
    }),
  );
  assert.equal(found.config, model.config);
  assert.equal(await valuesOf(found), await valuesOf(model));
});

test('concatenations in another order, biases that are left out, and a batch norm of its own', async () => {
  const model = modelOf({ filters: [2, 3, 4] });
  const graph = await graphOf(model);
  const initializers = new Map(graph.initializers);
  const joined = new Map(
    graph.nodes.filter(({ operator }) => operator === 'Concat').map((node) => [node.outputs[0]!, node]),
  );
  const found = read(
    encodeOnnx({
      ...withNodes(graph, (node) => {
        if (node.operator === 'Concat') return { ...node, inputs: [...node.inputs].reverse() };
        if (node.operator === 'Conv' && joined.has(node.inputs[0]!)) {
          const count = joined.get(node.inputs[0]!)!.inputs.length;
          const name = node.inputs[1]!;
          initializers.set(name, reversedInputs(initializers.get(name)!, count));
        }
        if (node.operator !== 'Relu') return node;
        const y = node.outputs[0]!;
        const channels = initializers.get(graph.nodes.find(({ outputs }) => outputs[0] === node.inputs[0])!.inputs[2]!)!
          .data.length;
        const parts = ['gamma', 'beta', 'mean', 'variance'].map((part, k) => {
          const name = `${y}.${part}`;
          initializers.set(name, list(...new Array<number>(channels).fill(k + 0.5)));
          return name;
        });
        return [
          call('BatchNormalization', [node.inputs[0]!, ...parts], `${y}.normal`),
          { ...node, inputs: [`${y}.normal`] },
        ];
      }),
      initializers,
    }),
  );
  assert.equal(found.config, { ...model.config, norm: 'batch' });
  const [before, after] = [await valuesOf(model), await valuesOf(found)];
  for (const [name, tensor] of before) assert.equal(after.get(name), tensor, name);
  assert.equal(Array.from(after.get('conv1_1.bn2.running_var')!.data, Number), [3.5, 3.5, 3.5]);

  const bare = read(
    encodeOnnx(
      withNodes(graph, (node) => ({ ...node, inputs: node.inputs.slice(0, node.operator.startsWith('Conv') ? 2 : 9) })),
    ),
  );
  assert.equal((await valuesOf(bare)).get('final1.bias')!.data, Float32Array.of(0));
});

/** The weights [O,I,3,3] of a convolution that reads `count` tensors, at width [2, 3, 4], in reverse. */
function reversedInputs(weights: StoredTensor, count: number): StoredTensor {
  const [outChannels, inChannels] = weights.shape as [number, number];
  const width = inChannels / count;
  const data = Float32Array.from({ length: weights.data.length }, (_, at) => {
    const [o, i, tap] = [Math.floor(at / 9 / inChannels), Math.floor(at / 9) % inChannels, at % 9];
    const part = count - 1 - Math.floor(i / width);
    return Number(weights.data[(o * inChannels + part * width + (i % width)) * 9 + tap]);
  });
  assert.is(outChannels * inChannels * 9, data.length);
  return { dtype: 'F32', shape: weights.shape, data };
}

for (const [name, fields] of [
  ['onnx-folded', { upsample: 'bilinear' }],
  ['onnx-batch', { norm: 'batch', upsample: 'nearest', skips: 'original' }],
  ['onnx-group', { norm: 'group', classes: 3, filters: [2, 9, 4] }],
  ['onnx-mean', { skips: 'adjacent' }],
] as const) {
  test(`${name}, which PyTorch exported, says what PyTorch says`, async () => {
    const found = read(await readFile(join(GOLDEN, `${name}.onnx`)));
    assert.equal(found.config, { ...defaultConfig, filters: [2, 3, 4], inChannels: 2, ...fields });
    const file = await readGolden(name);
    const x = toNhwc(golden(file, 'input'));
    const [, height, width] = x.shape as [number, number, number];
    const image = { width, height, channels: 2, data: Float32Array.from(x.data) };
    const ours =
      name === 'onnx-mean' ? [(await found.probabilities([image], 'accurate'))[0]!.probs] : await found.logits(x);
    for (const [k, values] of ours.entries()) {
      const expected = toNhwc(golden(file, `output/${k + 1}`));
      assert.is(mismatch(values, expected.data, 1e-5), undefined, `output ${k + 1}`);
    }
  });
}

/** The graph of two heads whose mean is written by other nodes. */
async function meanOf(mean: (heads: readonly [string, string]) => OnnxNode[]): Promise<Uint8Array> {
  const graph = await graphOf(modelOf({ filters: [2, 3, 4] }));
  const heads = graph.nodes.filter(({ operator }) => operator === 'Sigmoid').map(({ outputs }) => outputs[0]!);
  const nodes = graph.nodes.filter(({ operator }) => operator !== 'Mul' && operator !== 'Sum');
  const initializers = new Map([
    ...graph.initializers,
    ['two', list(2)],
    ['none', list(0)],
    ['half', list(0.5)],
    ['first', whole(0)],
  ] as const);
  return encodeOnnx({ ...graph, nodes: [...nodes, ...mean(heads as unknown as [string, string])], initializers });
}

test('the mean of heads in other words', async () => {
  const model = modelOf({ filters: [2, 3, 4] });
  for (const mean of [
    ([a, b]: readonly string[]) => [
      call('Add', ['none', a!], 's'),
      call('Add', ['s', b!], 't'),
      call('Div', ['t', 'two'], 'probabilities'),
    ],
    ([a, b]: readonly string[]) => [call('Add', [a!, b!], 's'), call('Mul', ['half', 's'], 'probabilities')],
    ([a, b]: readonly string[]) => [call('Mean', [a!, b!], 'probabilities')],
    ([a, b]: readonly string[]) => [
      call('Unsqueeze', [a!, 'first'], 'a0'),
      call('Unsqueeze', [b!, 'first'], 'b0'),
      call('Concat', ['a0', 'b0'], 's', { axis: 0 }),
      call('ReduceMean', ['s'], 'probabilities', { axes: [0], keepdims: 0 }),
    ],
  ]) {
    const found = read(await meanOf(mean));
    assert.equal(found.config, model.config);
    assert.equal(await valuesOf(found), await valuesOf(model));
  }
});

const END = 'only a network of the UNet++ family can be imported';

test('what is no network of the family is refused, and the node is named', async () => {
  const model = modelOf({ filters: [2, 3, 4] });
  const graph = await graphOf(model);
  const refused = (bytes: Uint8Array, message: string) =>
    throwsInput(() => read(bytes), `net.onnx: ${message}; ${END}`);
  /** The first node of an operator, changed. */
  const changed = (operator: string, change: (node: OnnxNode) => OnnxNode | OnnxNode[]) => {
    const first = graph.nodes.findIndex((node) => node.operator === operator);
    return encodeOnnx(withNodes(graph, (node, at) => (at === first ? change(node) : node)));
  };
  const stated = (operator: string, name: string, value: number | readonly number[]) => {
    return changed(operator, (node) => ({ ...node, attributes: new Map([...node.attributes, [name, value]]) }));
  };
  const conv = graph.nodes[0]!.outputs[0]!;
  const second = graph.nodes[2]!.outputs[0]!;
  refused(stated('Conv', 'dilations', [2, 2]), `node "${conv}" (Conv): dilations is [2,2], expected [1,1]`);
  refused(stated('Conv', 'strides', [2, 2]), `node "${conv}" (Conv): strides is [2,2], expected [1,1]`);
  refused(stated('Conv', 'fused', 1), `node "${conv}" (Conv): attribute "fused" is not expected here`);
  const pool = graph.nodes.find(({ operator }) => operator === 'MaxPool')!.outputs[0]!;
  refused(stated('MaxPool', 'ceil_mode', 1), `node "${pool}" (MaxPool): ceil_mode is 1, expected 0`);
  refused(
    changed('Relu', (node) => ({ ...node, operator: 'LeakyRelu' })),
    `node "${graph.nodes[1]!.outputs[0]}" (LeakyRelu): expected Relu before "${graph.nodes[2]!.outputs[0]}"`,
  );
  const sigmoid = graph.nodes.find(({ operator }) => operator === 'Sigmoid')!.outputs[0]!;
  const other = (operator: string) => (node: OnnxNode) => ({ ...node, operator });
  refused(
    changed('Sigmoid', other('Tanh')),
    `node "${sigmoid}" (Tanh): expected a head (a 1x1 Conv, with or without Sigmoid or Softmax) or the mean of heads`,
  );
  refused(
    encodeOnnx(
      withNodes(graph, (node) =>
        node.operator === 'Sigmoid' ? { ...other('Softmax')(node), attributes: new Map([['axis', 1]]) } : node,
      ),
    ),
    `node "${sigmoid}" (Softmax): follows a head of 1 channels, expected Sigmoid`,
  );
  refused(
    await meanOf(([a, b]) => [call('Add', [a, b], 'probabilities')]),
    `node "${sigmoid}" (Sigmoid): goes into the mean of 2 heads by 1, expected 0.5`,
  );
  const logits = graph.nodes.find(
    ({ outputs }) => outputs[0] === graph.nodes.find(({ operator }) => operator === 'Sigmoid')!.inputs[0],
  )!;
  refused(
    encodeOnnx(
      withNodes(graph, (node) =>
        node.operator === 'Sigmoid' ? call('Identity', node.inputs, node.outputs[0]!) : node,
      ),
    ),
    `node "${logits.outputs[0]}" (Conv): is averaged as logits, expected the mean of probabilities: a Sigmoid or Softmax of each head`,
  );
  const concat = graph.nodes.filter(({ operator }) => operator === 'Concat');
  const last = graph.nodes.find(({ inputs }) => inputs[0] === concat.at(-1)!.outputs[0])!.outputs[0]!;
  const pooled = graph.nodes.filter(({ operator }) => operator === 'MaxPool')[1]!.inputs[0]!;
  refused(
    encodeOnnx(
      withNodes(graph, (node) =>
        node === concat.at(-1) ? { ...node, inputs: [pooled, node.inputs[1]!, node.inputs[2]!] } : node,
      ),
    ),
    'node "t44/concatenated" (Concat): concatenates the upsampled X(1,1) with X(1,0), expected nodes X(0,0) to X(0,1)',
  );
  refused(
    encodeOnnx(
      withNodes(graph, (node) =>
        node === concat.at(-1) ? { ...node, inputs: [node.inputs[0]!, node.inputs[0]!, node.inputs[2]!] } : node,
      ),
    ),
    `node "${last}" (Conv): begins X(0,2), which reads X(0,0),X(0,0) of its level, expected X(0,0),X(0,1) (dense) or X(0,1) (adjacent) or X(0,0) (original)`,
  );
  refused(
    encodeOnnx({ ...graph, nodes: graph.nodes.slice(1) }),
    `node "${graph.nodes[1]!.outputs[0]}" (Relu): reads "${conv}", which nothing before it computes`,
  );
  refused(
    encodeOnnx({ ...graph, nodes: [...graph.nodes, graph.nodes[0]!] }),
    `node "${conv}" (Conv): computes "${conv}", which is there already`,
  );
  refused(encodeOnnx({ ...graph, outputs: [{ name: 'image', shape: [] }] }), 'output "image" is computed by no node');
  refused(encodeOnnx({ ...graph, outputs: [] }), 'the graph has no outputs');
  refused(
    encodeOnnx({ ...graph, inputs: [...graph.inputs, { name: 'mask', shape: [1] }] }),
    'the graph has 2 inputs, expected the images alone',
  );
  const weights = (change: (name: string, tensor: StoredTensor) => StoredTensor) => {
    return encodeOnnx({
      ...graph,
      initializers: new Map([...graph.initializers].map(([name, tensor]) => [name, change(name, tensor)])),
    });
  };
  const zeros = (...shape: number[]): StoredTensor => ({
    dtype: 'F32',
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });
  refused(
    weights((name, tensor) => (name === 'conv0_0.conv2.weight' ? zeros(2, 3, 3, 3) : tensor)),
    `node "${second}" (Conv): is conv0_0.conv2.weight with shape [2,3,3,3], expected [2,2,3,3]`,
  );
  refused(
    weights((name, tensor) => (name === 'conv0_0.conv2.weight' ? zeros(2, 2, 5, 5) : tensor)),
    `node "${second}" (Conv): weights have shape [2,2,5,5], expected channels, channels and 3x3`,
  );
  refused(
    weights((name, tensor) => (name === 'conv0_0.conv2.weight' ? zeros(2 ** 40, 0, 3, 3) : tensor)),
    `node "${second}" (Conv): weights have shape [1099511627776,0,3,3], expected channels, channels and 3x3`,
  );
  refused(
    weights((name, tensor) => (name === 'conv0_0.conv2.bias' ? zeros(3) : tensor)),
    `node "${second}" (Conv): has 3 biases, expected 2`,
  );
  refused(stated('MaxPool', 'kernel_shape', [3, 3]), `node "${pool}" (MaxPool): kernel_shape is [3,3], expected [2,2]`);
  refused(
    changed('Conv', (node) => [
      call('Neg', ['image'], 'negative'),
      { ...node, inputs: ['negative', ...node.inputs.slice(1)] },
    ]),
    'node "negative" (Neg): stands before the network, expected the images as they are or what unetpp export writes there',
  );
});

test('what an export writes around a network must be that', async () => {
  const model = modelOf({ filters: [2, 3, 4] });
  const refusal = async (operator: string, change: (node: OnnxNode) => OnnxNode | OnnxNode[]) => {
    const graph = await graphOf(model, { size: { width: 5, height: 8 } });
    try {
      read(encodeOnnx(withNodes(graph, (node) => (node.operator === operator ? change(node) : node))));
    } catch (error) {
      return (error as Error).message;
    }
    return 'imported';
  };
  assert.is(await refusal('Conv', (node) => node), 'imported');
  assert.is(
    await refusal('Slice', (node) => call('Identity', [node.inputs[0]!], node.outputs[0]!)),
    `net.onnx: its images of 5x8 are no multiples of 4, but no Slice crops its outputs; ${END}`,
  );
  assert.is(
    await refusal('Slice', (node) => ({ ...node, inputs: [node.inputs[0]!, 'crop/ends', 'crop/ends', 'crop/axes'] })),
    `net.onnx: node "probabilities" (Slice): cuts something else out of the answer than images of 5x8; ${END}`,
  );
  assert.is(
    await refusal('Pad', (node) => ({ ...node, attributes: new Map([['mode', 'edge']]) })),
    `net.onnx: node "image/columns" (Pad): stands before the network, expected images of 5x8 as they are or what unetpp export writes there; ${END}`,
  );
});

test.run();
