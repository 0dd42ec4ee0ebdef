/**
 * The bytes of an ONNX file. Field numbers and their order are those of onnx.proto
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 *
 * The file declares operator set 13, and format version 7, which goes with it. It is the oldest set in which every
 * operator that the networks need means what it should: Softmax goes along one axis, so that NCHW needs no transposition,
 * and Resize does without a region of interest. Programs read old sets for longer than they take to learn new ones.
 */
import type { StoredTensor } from '../safetensors.js';
import { floatField, integerField, join, type Message, messageField, textField } from './protobuf.js';

const FORMAT_VERSION = 7;
export const OPERATOR_SET = 13;

/** A whole number, a list of whole numbers, a text or, told apart from a whole number, a float. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

/** One call of an operator. */
export interface OnnxNode {
  readonly operator: string;
  /** The names of the inputs; '' is an optional one that is left out. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A float32 tensor that goes into the graph or comes out of it. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface OnnxGraph {
  /** Each after those whose outputs it reads. */
  readonly nodes: readonly OnnxNode[];
  /** The constants, by name. */
  readonly initializers: ReadonlyMap<string, StoredTensor>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** TensorProto.DataType. */
const DATA_TYPES: { readonly [K in StoredTensor['dtype']]: number } = { F32: 1, I64: 7, F64: 11 };

/** AttributeProto.AttributeType. */
const FLOAT = 1;
const INT = 2;
const STRING = 3;
const INTS = 7;

/** Encodes a graph as an ONNX model. */
export function encodeOnnx({ nodes, initializers, inputs, outputs }: OnnxGraph): Uint8Array {
  const graph = [
    ...nodes.flatMap((node) => messageField(1, encodeNode(node))),
    ...textField(2, 'unetpp'),
    ...[...initializers].flatMap(([name, tensor]) => messageField(5, encodeTensor(name, tensor))),
    ...inputs.flatMap((value) => messageField(11, encodeValue(value))),
    ...outputs.flatMap((value) => messageField(12, encodeValue(value))),
  ];
  return join([
    ...integerField(1, FORMAT_VERSION),
    ...textField(2, 'unetpp'),
    ...messageField(7, graph),
    ...messageField(8, integerField(2, OPERATOR_SET)),
  ]);
}

function encodeNode({ operator, inputs, output, attributes }: OnnxNode): Message {
  return [
    ...inputs.flatMap((name) => textField(1, name)),
    ...textField(2, output),
    ...textField(4, operator),
    ...Object.entries(attributes).flatMap(([name, value]) => messageField(5, encodeAttribute(name, value))),
  ];
}

function encodeAttribute(name: string, value: Attribute): Message {
  return [...textField(1, name), ...encodeAttributeValue(value)];
}

function encodeAttributeValue(value: Attribute): Message {
  if (typeof value === 'number') return [...integerField(3, value), ...integerField(20, INT)];
  if (typeof value === 'string') return [...textField(4, value), ...integerField(20, STRING)];
  if ('float' in value) return [...floatField(2, value.float), ...integerField(20, FLOAT)];
  return [...value.flatMap((number) => integerField(8, number)), ...integerField(20, INTS)];
}

/** ONNX wants little-endian values, and typed arrays are little-endian on every platform that we run on. */
function encodeTensor(name: string, { dtype, shape, data }: StoredTensor): Message {
  return [
    ...shape.flatMap((size) => integerField(1, size)),
    ...integerField(2, DATA_TYPES[dtype]),
    ...textField(8, name),
    ...messageField(9, [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
  ];
}

function encodeValue({ name, shape }: OnnxValue): Message {
  const dimensions = shape.flatMap((size) => messageField(1, integerField(1, size)));
  const tensorType = [...integerField(1, DATA_TYPES.F32), ...messageField(2, dimensions)];
  return [...textField(1, name), ...messageField(2, messageField(1, tensorType))];
}
