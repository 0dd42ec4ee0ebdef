/** Reading ONNX files: what we write, what others write, and what hostile bytes end in. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { joinBytes } from '../../../src/base/bytes.js';
import { InputError } from '../../../src/base/errors.js';
import { decodeOnnx } from '../../../src/formats/onnx/decode.js';
import { type Attribute, encodeOnnx, type OnnxGraph, type OnnxNode } from '../../../src/formats/onnx/onnx-file.js';
import { integerField, type Message, messageField, textField } from '../../../src/formats/protobuf/write.js';
import type { StoredTensor } from '../../../src/formats/safetensors.js';
import { throwsInput } from '../../support/throws.js';

const FLOATS: StoredTensor = { dtype: 'F32', shape: [2, 1], data: Float32Array.of(0.5, -3) };
const WHOLE: StoredTensor = { dtype: 'I64', shape: [3], data: BigInt64Array.of(0n, -1n, 2n ** 40n) };
const DOUBLES: StoredTensor = { dtype: 'F64', shape: [], data: Float64Array.of(Math.PI) };

const node = (operator: string, attributes: OnnxNode['attributes'] = new Map()): OnnxNode => ({
  name: `a ${operator}`,
  operator,
  inputs: ['x', '', 'w'],
  outputs: ['y', 'z'],
  attributes,
});

const GRAPH: OnnxGraph = {
  nodes: [
    node('Conv', new Map([['pads', [1, 0, 300, 70000]]])),
    node(
      'Odd',
      new Map<string, Attribute>([
        ['epsilon', { float: Math.fround(1e-5) }],
        ['axis', 1],
        ['mode', 'näher'],
        ['value', { tensor: FLOATS }],
        ['none', []],
        ['scales', { floats: [1, 2.5] }],
      ]),
    ),
  ],
  initializers: new Map<string, StoredTensor>([
    ['w', FLOATS],
    ['shape', WHOLE],
    ['pi', DOUBLES],
  ]),
  inputs: [{ name: 'x', shape: ['batch', 3, 'height', 128] }],
  outputs: [{ name: 'y', shape: [] }],
};

test('what is written is read', () => {
  const { producer, operatorSet, graph } = decodeOnnx(encodeOnnx(GRAPH), 'net.onnx');
  assert.equal([producer, operatorSet], ['unetpp', 13]);
  assert.equal(graph, GRAPH);
});

/** A file with these fields of the graph, and with what comes before them. */
function fileOf(graph: Message, { set = 13, domain = '' } = {}): Uint8Array {
  const sets = messageField(8, [...textField(1, domain), ...integerField(2, set)]);
  return joinBytes([...integerField(1, 8), ...textField(2, 'other'), ...messageField(7, graph), ...sets]);
}

const tensor = (...fields: Message[]) => messageField(5, [...textField(8, 'w'), ...fields.flat()]);
const bytes = (...values: number[]): Message => [Uint8Array.from(values)];
const floats = (...values: number[]): Message => [new Uint8Array(Float32Array.from(values).buffer)];

test('what others write: numbers in lists, packed sizes, names of sets, sizes that are not stated', () => {
  const packed = [...messageField(1, bytes(2, 1)), ...integerField(2, 1), ...messageField(4, floats(1, 2))];
  assert.equal(decodeOnnx(fileOf(tensor(packed)), 'a').graph.initializers.get('w'), {
    dtype: 'F32',
    shape: [2, 1],
    data: Float32Array.of(1, 2),
  });
  const minusOne = [255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
  const whole = [...integerField(1, 2), ...integerField(2, 7), ...messageField(7, bytes(...minusOne, 5))];
  assert.equal(decodeOnnx(fileOf(tensor(whole)), 'a').graph.initializers.get('w'), {
    dtype: 'I64',
    shape: [2],
    data: BigInt64Array.of(-1n, 5n),
  });
  const axis = messageField(5, [
    ...textField(1, 'axis'),
    ...[Uint8Array.of(3 * 8, ...minusOne)],
    ...integerField(20, 2),
  ]);
  const own = messageField(1, [...textField(4, 'FusedConv'), ...textField(7, 'com.microsoft'), ...axis]);
  const { graph } = decodeOnnx(fileOf(own, { domain: 'ai.onnx', set: 20 }), 'a');
  assert.is(graph.nodes[0]!.operator, 'com.microsoft::FusedConv');
  assert.is(graph.nodes[0]!.attributes.get('axis'), -1);
  const value = messageField(11, [
    ...textField(1, 'x'),
    ...messageField(
      2,
      messageField(1, messageField(2, [...messageField(1, []), ...messageField(1, integerField(1, 4))])),
    ),
  ]);
  assert.equal(
    decodeOnnx(fileOf([...value, ...messageField(11, textField(1, 'w')), ...tensor(packed)]), 'a').graph.inputs,
    [{ name: 'x', shape: ['', 4] }],
  );
});

test('what is no ONNX file, or not one that can be read, is refused with the reason', () => {
  const refused = (file: Uint8Array, message: string) =>
    throwsInput(() => decodeOnnx(file, 'a.onnx'), `a.onnx: ${message}`);
  const give = 'expected an ONNX file; give one that ends in .onnx';
  refused(new Uint8Array(), `is empty, ${give}`);
  refused(Uint8Array.from(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')), `is a PNG image, ${give}`);
  refused(Uint8Array.from(Buffer.from('{"a": 1, "b": 2}')), `starts with "{"a": 1, "b"", ${give}`);
  refused(
    fileOf([], { set: 11 }),
    'is written with operator set 11, expected 13 or newer; export it with opset_version=13',
  );
  refused(
    fileOf([], { domain: 'com.microsoft' }),
    'is written with operator set 0, expected 13 or newer; export it with opset_version=13',
  );
  const one = integerField(1, 1);
  refused(
    fileOf(tensor(one, integerField(2, 10), messageField(9, bytes(0, 0)))),
    'tensor "w" is of type FLOAT16, expected FLOAT, DOUBLE or INT64; export the network in float32',
  );
  for (const elsewhere of [integerField(14, 1), messageField(13, textField(1, 'location'))]) {
    refused(
      fileOf(tensor(one, integerField(2, 1), elsewhere)),
      'tensor "w" is stored in another file; save the network as one file (onnx.save with save_as_external_data=False)',
    );
  }
  refused(
    fileOf(messageField(15, [])),
    'holds sparse tensors, expected plain ones; export the network without pruning of weights',
  );
  const graphs = [...textField(1, 'body'), ...messageField(6, []), ...integerField(20, 5)];
  refused(
    fileOf(messageField(1, [...textField(3, 'loop'), ...textField(4, 'Loop'), ...messageField(5, graphs)])),
    'node "loop" (Loop): attribute "body" is of type 5, expected numbers, a text or a tensor; only a network of the UNet++ family can be imported',
  );
  const many = Array.from({ length: 10_001 }, () => messageField(1, [])).flat();
  refused(fileOf(many), 'has more than 10000 nodes; networks of the UNet++ family have fewer');
});

test('damage is refused at its place', () => {
  const end = 'restore the file from a copy, or export it again';
  const damaged = (file: Uint8Array, message: string) => {
    throwsInput(() => decodeOnnx(file, 'a.onnx'), `a.onnx: damaged: at byte ${message}; ${end}`);
  };
  const whole = encodeOnnx(GRAPH);
  damaged(whole.subarray(0, 2), '2: the file ends without a graph');
  damaged(whole.subarray(0, 6), '2: field 2 takes 6 bytes, 2 are left');
  damaged(Uint8Array.of(8, 255), '1: a whole number that does not end');
  damaged(Uint8Array.of(8, 1, 0), '2: a field of number 0');
  damaged(Uint8Array.of(8, 1, 11), '2: a field of wire type 3');
  damaged(Uint8Array.of(8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1), '1: a whole number of 11 bytes');
  damaged(
    Uint8Array.of(8, 1, 58, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1),
    '2: field 7 takes -1 bytes, 0 are left',
  );
  damaged(Uint8Array.of(8, 1, 18, 0, 56, 3), '5: field 7 holds a whole number, expected bytes');
  const start = fileOf([]).length - 8;
  const sized = (...fields: Message[]) => fileOf(tensor(integerField(1, 3), integerField(2, 1), ...fields));
  damaged(sized(messageField(9, floats(1, 2))), `${start + 13}: tensor "w" of shape [3] takes 12 bytes, found 8`);
  const huge = fileOf(tensor(integerField(1, 2 ** 40), integerField(1, 2 ** 40), integerField(2, 1)));
  damaged(huge, `${start + 4}: tensor "w" has shape [1099511627776,1099511627776]`);
  const list = fileOf(tensor(integerField(1, 2 ** 40), integerField(2, 7), messageField(7, bytes(1, 2))));
  damaged(list, `${start + 18}: 1099511627776 whole numbers in 2 bytes`);
  const twice = tensor(integerField(1, 0), integerField(2, 1));
  damaged(fileOf([...twice, ...twice]), `${start + 4 + joinBytes(twice).length}: a second tensor "w"`);
});

test('whatever bytes are cut off or changed, it is read or refused in one line', () => {
  const whole = encodeOnnx(GRAPH);
  const tried = (file: Uint8Array) => {
    try {
      decodeOnnx(file, 'a.onnx');
    } catch (error) {
      assert.instance(error, InputError, String(error));
      assert.not.match((error as InputError).message, '\n');
    }
  };
  for (let length = 0; length < whole.length; length++) tried(whole.subarray(0, length));
  for (let at = 0; at < whole.length; at++) {
    for (const value of [0, 1, 127, 128, 255, whole[at]! ^ 8]) {
      const changed = whole.slice();
      changed[at] = value;
      tried(changed);
    }
  }
});

test.run();
