/** Reads the tensors of ONNX files. Shape and bytes must agree before numbers are made of them. */
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import { bytesOf, damaged, type Field, fieldsOf, integerOf, integersOf, type Part, textOf } from '../protobuf/read.js';
import type { StoredTensor } from '../safetensors.js';

/** TensorProto.DataType from 0 on. */
const DATA_TYPES = [
  'UNDEFINED',
  'FLOAT',
  'UINT8',
  'INT8',
  'UINT16',
  'INT16',
  'INT32',
  'INT64',
  'STRING',
  'BOOL',
  'FLOAT16',
  'DOUBLE',
  'UINT32',
  'UINT64',
  'COMPLEX64',
  'COMPLEX128',
  'BFLOAT16',
];

const MOST_AXES = 16;

/** The fields of a tensor: those that hold values, by their numbers. */
const RAW = 9;
const VALUES: { readonly [type: string]: { readonly field: number; readonly width: number } } = {
  FLOAT: { field: 4, width: 4 },
  INT64: { field: 7, width: 8 },
  DOUBLE: { field: 10, width: 8 },
};

/** @throws InputError for a tensor of another type, one that is stored elsewhere, or one whose bytes are not its shape's */
export function decodeTensor(part: Part): { readonly name: string; readonly tensor: StoredTensor } {
  let name = '';
  let dataType = 0;
  let isElsewhere = false;
  const shape: number[] = [];
  const held = new Map<number, Field>();
  for (const field of fieldsOf(part)) {
    if (field.number === 1) {
      for (const size of integersOf(field)) {
        if (shape.length === MOST_AXES) throw damaged(field, field.start, `a tensor of more than ${MOST_AXES} axes`);
        shape.push(size);
      }
    } else if (field.number === 2) dataType = integerOf(field);
    else if (field.number === 8) name = textOf(field);
    else if (field.number === 13 || (field.number === 14 && field.integer !== 0)) isElsewhere = true;
    else held.set(field.number, field);
  }
  const tensor = `tensor ${show(name)}`;
  if (isElsewhere) {
    throw new InputError(
      `${part.file}: ${tensor} is stored in another file; save the network as one file (onnx.save with save_as_external_data=False)`,
    );
  }
  const type = DATA_TYPES[dataType] ?? String(dataType);
  const values = VALUES[type];
  if (!values) {
    throw new InputError(
      `${part.file}: ${tensor} is of type ${type}, expected FLOAT, DOUBLE or INT64; export the network in float32`,
    );
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (!shape.every((size) => size >= 0) || !Number.isSafeInteger(count * values.width)) {
    throw damaged(part, part.start, `${tensor} has shape ${show(shape)}`);
  }
  const raw = held.get(RAW);
  const listed = held.get(values.field);
  if (!raw && listed && type === 'INT64')
    return { name, tensor: { dtype: 'I64', shape, data: integers(listed, count) } };
  const bytes = raw || listed ? bytesOf(raw ?? listed!) : new Uint8Array();
  if (bytes.length !== count * values.width) {
    const at = (raw ?? listed ?? part).start;
    throw damaged(
      part,
      at,
      `${tensor} of shape ${show(shape)} takes ${count * values.width} bytes, found ${bytes.length}`,
    );
  }
  return { name, tensor: asTensor(type, shape, bytes, values.width) };
}

/** A list of varints, of which each takes at least a byte. */
function integers(field: Field, count: number): BigInt64Array {
  const length = field.end - field.start;
  if (count > length) throw damaged(field, field.start, `${count} whole numbers in ${length} bytes`);
  const data = new BigInt64Array(count);
  let found = 0;
  for (const integer of integersOf(field)) data[found++] = BigInt(integer);
  if (found !== count) throw damaged(field, field.start, `${found} whole numbers, expected ${count}`);
  return data;
}

/** The numbers that lie in `bytes`, or in a copy of them where those are not aligned. */
function asTensor(type: string, shape: readonly number[], bytes: Uint8Array, width: number): StoredTensor {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  const length = byteLength / width;
  if (type === 'FLOAT') return { dtype: 'F32', shape, data: new Float32Array(buffer, byteOffset, length) };
  if (type === 'DOUBLE') return { dtype: 'F64', shape, data: new Float64Array(buffer, byteOffset, length) };
  return { dtype: 'I64', shape, data: new BigInt64Array(buffer, byteOffset, length) };
}
