/** Reads ONNX files, without a line of the code that writes them: what a test looks at is what the bytes say. */
import type { NdArray } from '../../../src/backend/run.js';

export type OnnxAttribute = number | string | readonly number[];

export interface ReadNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export interface ReadModel {
  readonly formatVersion: number;
  readonly producer: string;
  readonly operatorSet: number;
  readonly nodes: readonly ReadNode[];
  readonly initializers: ReadonlyMap<string, NdArray>;
  /** Shapes by name, in the file's order; open sizes are texts. */
  readonly inputs: ReadonlyMap<string, readonly (number | string)[]>;
  readonly outputs: ReadonlyMap<string, readonly (number | string)[]>;
}

/** A protobuf message: the values of each field, in the order of the file. */
type Fields = ReadonlyMap<number, readonly (number | Uint8Array)[]>;

/** TensorProto.DataType and AttributeProto.AttributeType. */
const [FLOAT32, INT64] = [1, 7];
const [FLOAT, INT, STRING, INTS] = [1, 2, 3, 7];

export function readOnnx(bytes: Uint8Array): ReadModel {
  const model = parse(bytes);
  const graph = parse(bytesOf(model, 7));
  return {
    formatVersion: integerOf(model, 1),
    producer: textOf(model, 2),
    operatorSet: integerOf(parse(bytesOf(model, 8)), 2),
    nodes: messages(graph, 1).map(readNode),
    initializers: new Map(messages(graph, 5).map((tensor) => [textOf(tensor, 8), readTensor(tensor)])),
    inputs: new Map(messages(graph, 11).map(readValue)),
    outputs: new Map(messages(graph, 12).map(readValue)),
  };
}

function readNode(node: Fields): ReadNode {
  return {
    name: textOf(node, 3),
    operator: textOf(node, 4),
    inputs: all(node, 1).map(text),
    outputs: all(node, 2).map(text),
    attributes: new Map(messages(node, 5).map((attribute) => [textOf(attribute, 1), readAttribute(attribute)])),
  };
}

function readAttribute(attribute: Fields): OnnxAttribute {
  const type = integerOf(attribute, 20);
  if (type === FLOAT) return view(bytesOf(attribute, 2)).getFloat32(0, true);
  if (type === INT) return integerOf(attribute, 3);
  if (type === STRING) return textOf(attribute, 4);
  if (type === INTS) return integers(attribute, 8);
  throw new Error(`attribute of type ${type}`);
}

function readTensor(tensor: Fields): NdArray {
  const shape = integers(tensor, 1);
  const raw = view(bytesOf(tensor, 9));
  const type = integerOf(tensor, 2);
  const width = new Map([
    [FLOAT32, 4],
    [INT64, 8],
  ]).get(type);
  if (width === undefined) throw new Error(`tensor of type ${type}`);
  const data = Array.from({ length: raw.byteLength / width }, (_, i) =>
    type === FLOAT32 ? raw.getFloat32(4 * i, true) : Number(raw.getBigInt64(8 * i, true)),
  );
  if (data.length !== shape.reduce((product, size) => product * size, 1)) {
    throw new Error(`${data.length} values for shape [${shape}]`);
  }
  return { shape, data };
}

function readValue(value: Fields): [string, (number | string)[]] {
  const tensorType = parse(bytesOf(parse(bytesOf(value, 2)), 1));
  if (integerOf(tensorType, 1) !== FLOAT32) throw new Error(`${textOf(value, 1)} is not float32`);
  const dimensions = messages(parse(bytesOf(tensorType, 2)), 1);
  const sizes = dimensions.map((size) => (size.has(2) ? textOf(size, 2) : integerOf(size, 1)));
  return [textOf(value, 1), sizes];
}

function parse(bytes: Uint8Array): Fields {
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('cut short');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error('cut short');
    return bytes.subarray(at, (at += length));
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const values = fields.get(field) ?? [];
    fields.set(field, values);
    if (tag % 8 === 0) values.push(varint());
    else if (tag % 8 === 2) values.push(take(varint()));
    else if (tag % 8 === 5) values.push(take(4));
    else throw new Error(`field ${field} of wire type ${tag % 8}`);
  }
  return fields;
}

function all(fields: Fields, field: number): readonly (number | Uint8Array)[] {
  return fields.get(field) ?? [];
}

function integers(fields: Fields, field: number): number[] {
  return all(fields, field).map((value) => {
    if (typeof value !== 'number') throw new Error(`field ${field} holds bytes`);
    return value;
  });
}

function integerOf(fields: Fields, field: number): number {
  return only(integers(fields, field), field);
}

function bytesOf(fields: Fields, field: number): Uint8Array {
  const value = only(all(fields, field), field);
  if (typeof value === 'number') throw new Error(`field ${field} holds an integer`);
  return value;
}

function only<T>(values: readonly T[], field: number): T {
  if (values.length !== 1) throw new Error(`${values.length} times field ${field}`);
  return values[0]!;
}

function messages(fields: Fields, field: number): Fields[] {
  return all(fields, field).map((value) => parse(value as Uint8Array));
}

function textOf(fields: Fields, field: number): string {
  return text(bytesOf(fields, field));
}

function text(value: number | Uint8Array): string {
  return new TextDecoder().decode(value as Uint8Array);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
