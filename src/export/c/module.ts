/** A module of kernels as a translator needs it: functions with their types, their locals and their code. */
import { invariant } from '../../base/errors.js';
import { SECTION, sectionsOf } from '../edge/trim-module.js';
import { WasmReader } from '../edge/wasm-bytes.js';

const VALUE_TYPES = { 127: 'i32', 126: 'i64', 125: 'f32', 124: 'f64', 123: 'v128' } as const;

export type ValueType = (typeof VALUE_TYPES)[keyof typeof VALUE_TYPES];

/** A function that returns one value at most. */
export interface WasmFunction {
  readonly params: readonly ValueType[];
  readonly result?: ValueType | undefined;
  /** The types of the locals behind the parameters. */
  readonly locals: readonly ValueType[];
  /** The instructions, up to and with the last `end`. */
  readonly code: Uint8Array;
}

export interface WasmModule {
  readonly functions: readonly WasmFunction[];
  /** The names of functions that are exported, by their index. */
  readonly names: ReadonlyMap<number, string>;
}

const EXPORTED_FUNCTION = 0;

/** @param bytes a module that imports nothing: its functions count from 0 */
export function readModule(bytes: Uint8Array): WasmModule {
  const sections = sectionsOf(bytes);
  invariant(!sections.has(SECTION.import), 'kernels with imports are not translated');
  const types = sections.get(SECTION.type)!.vector(readType);
  const typeOf = sections.get(SECTION.function)!.vector((reader) => reader.u32());
  const functions = sections.get(SECTION.code)!.vector((reader, k) => ({ ...types[typeOf[k]!]!, ...readBody(reader) }));
  return { functions, names: new Map(sections.get(SECTION.export)!.vector(readExport).flat()) };
}

function readType(reader: WasmReader): Pick<WasmFunction, 'params' | 'result'> {
  reader.byte();
  const [params, results] = [reader.vector(readValueType), reader.vector(readValueType)];
  invariant(results.length <= 1, 'a function with several results');
  return { params, result: results[0] };
}

function readExport(reader: WasmReader): [number, string][] {
  const name = String.fromCharCode(...reader.bytes(reader.u32()));
  const [kind, index] = [reader.byte(), reader.u32()];
  return kind === EXPORTED_FUNCTION ? [[index, name]] : [];
}

function readBody(reader: WasmReader): Pick<WasmFunction, 'locals' | 'code'> {
  const body = new WasmReader(reader.bytes(reader.u32()));
  const runs = body.vector(() => ({ count: body.u32(), type: readValueType(body) }));
  const locals = runs.flatMap(({ count, type }) => Array<ValueType>(count).fill(type));
  return { locals, code: body.source.subarray(body.at) };
}

export function readValueType(reader: WasmReader): ValueType {
  const code = reader.byte();
  const type = VALUE_TYPES[code as keyof typeof VALUE_TYPES];
  invariant(type, `a type of values that is not known: ${code}`);
  return type;
}

/** A signed number in LEB128: the highest bit of its last seven is the sign. */
export function readSigned(reader: WasmReader): bigint {
  let value = 0n;
  for (let bits = 7n; ; bits += 7n) {
    const byte = reader.byte();
    value |= BigInt(byte & 127) << (bits - 7n);
    if (byte < 128) return BigInt.asIntN(Number(bits), value);
  }
}

/** A number of 4 or 8 bytes. */
export function readFloat(reader: WasmReader, bytes: 4 | 8): number {
  const { buffer } = Uint8Array.from(reader.bytes(bytes));
  return (bytes === 4 ? new Float32Array(buffer) : new Float64Array(buffer))[0]!;
}
