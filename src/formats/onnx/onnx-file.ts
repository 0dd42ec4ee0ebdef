/**
 * The bytes of an ONNX file. Field numbers and their order are those of onnx.proto
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 *
 * The file declares operator set 13, and format version 7, which goes with it. It is the oldest set in which every
 * operator that the networks need means what it should: Softmax goes along one axis, so that NCHW needs no transposition,
 * and Resize does without a region of interest. Programs read old sets for longer than they take to learn new ones.
 */
import { asBytes, joinBytes } from '../../base/bytes.js';
import { type FileKind, SOFTWARE } from '../file-kind.js';
import { floatField, integerField, type Message, messageField, textField } from '../protobuf/write.js';
import type { StoredTensor } from '../safetensors.js';

const FORMAT_VERSION = 7;
export const OPERATOR_SET = 13;

/** What every file of ours begins with: the version of the format and who wrote it. */
const BEGINNING = [...integerField(1, FORMAT_VERSION), ...textField(2, SOFTWARE)];

/** The files that `encodeOnnx` makes. */
export const ONNX_FILE: FileKind = {
  name: 'an ONNX file',
  begins: (head) => head.startsWith(String.fromCharCode(...joinBytes(BEGINNING))),
};

/**
 * A whole number, a list of whole numbers, a text, floats, which are told apart from whole numbers, or a tensor, as
 * `Constant` has it.
 */
export type Attribute =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: StoredTensor };

/** One call of an operator. */
export interface OnnxNode {
  readonly name: string;
  /** `Conv`; where it is not one of ONNX's own, with its domain: `com.microsoft::FusedConv`. */
  readonly operator: string;
  /** The names of the inputs; '' is an optional one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A float32 tensor that goes into the graph or comes out of it. */
export interface OnnxValue {
  readonly name: string;
  /** A size that is a text is open: the text is its name, and sizes of one name are equal. */
  readonly shape: readonly (number | string)[];
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
const DATA_TYPES: { readonly [K in StoredTensor['dtype']]: number } = { F32: 1, I8: 3, I64: 7, F16: 10, F64: 11 };

/** AttributeProto.AttributeType. */
const FLOAT = 1;
const INT = 2;
const STRING = 3;
const TENSOR = 4;
const FLOATS = 6;
const INTS = 7;

/** Encodes a graph as an ONNX model. */
export function encodeOnnx({ nodes, initializers, inputs, outputs }: OnnxGraph): Uint8Array {
  const graph = [
    ...nodes.flatMap((node) => messageField(1, encodeNode(node))),
    ...textField(2, SOFTWARE),
    ...[...initializers].flatMap(([name, tensor]) => messageField(5, encodeTensor(name, tensor))),
    ...inputs.flatMap((value) => messageField(11, encodeValue(value))),
    ...outputs.flatMap((value) => messageField(12, encodeValue(value))),
  ];
  return joinBytes([...BEGINNING, ...messageField(7, graph), ...messageField(8, integerField(2, OPERATOR_SET))]);
}

function encodeNode({ name, operator, inputs, outputs, attributes }: OnnxNode): Message {
  return [
    ...inputs.flatMap((input) => textField(1, input)),
    ...outputs.flatMap((output) => textField(2, output)),
    ...textField(3, name),
    ...textField(4, operator),
    ...[...attributes].flatMap(([key, value]) => messageField(5, encodeAttribute(key, value))),
  ];
}

function encodeAttribute(name: string, value: Attribute): Message {
  return [...textField(1, name), ...encodeAttributeValue(value)];
}

function encodeAttributeValue(value: Attribute): Message {
  if (typeof value === 'number') return [...integerField(3, value), ...integerField(20, INT)];
  if (typeof value === 'string') return [...textField(4, value), ...integerField(20, STRING)];
  if ('float' in value) return [...floatField(2, value.float), ...integerField(20, FLOAT)];
  if ('floats' in value) {
    const packed = new Uint8Array(Float32Array.from(value.floats).buffer);
    return [...messageField(7, [packed]), ...integerField(20, FLOATS)];
  }
  if ('tensor' in value) return [...messageField(5, encodeTensor('', value.tensor)), ...integerField(20, TENSOR)];
  return [...value.flatMap((number) => integerField(8, number)), ...integerField(20, INTS)];
}

/** ONNX wants little-endian values, and typed arrays are little-endian on every platform that we run on. */
function encodeTensor(name: string, { dtype, shape, data }: StoredTensor): Message {
  return [
    ...shape.flatMap((size) => integerField(1, size)),
    ...integerField(2, DATA_TYPES[dtype]),
    ...textField(8, name),
    ...messageField(9, [asBytes(data)]),
  ];
}

function encodeValue({ name, shape }: OnnxValue): Message {
  const dimensions = shape.flatMap((size) => {
    return messageField(1, typeof size === 'number' ? integerField(1, size) : textField(2, size));
  });
  const tensorType = [...integerField(1, DATA_TYPES.F32), ...messageField(2, dimensions)];
  return [...textField(1, name), ...messageField(2, messageField(1, tensorType))];
}
