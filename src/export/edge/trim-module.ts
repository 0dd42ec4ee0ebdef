/**
 * Cuts a module of kernels down to the functions that are called, and gives it a memory of its own. The kernels have no
 * tables, data or state (assembly/index.ts), so that of the sections only types, functions, exports and code are left.
 */
import { joinBytes, varint } from '../../base/bytes.js';
import { invariant } from '../../base/errors.js';
import { text, vector, WasmReader } from './wasm-bytes.js';
import { type CallSite, callsOf } from './wasm-calls.js';

export interface TrimmedModule {
  readonly code: Uint8Array;
  /** The types of the parameters of each function that was asked for. */
  readonly parameters: readonly (readonly ('i32' | 'f32' | 'f64')[])[];
}

const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** The sections by their numbers, in the order in which they must be written. */
export const SECTION = { type: 1, import: 2, function: 3, memory: 5, export: 7, code: 10 } as const;
const EXPORTED = { function: 0, memory: 2 } as const;
const IMPORTED_MEMORY = 2;
/** Limits of a memory that cannot grow. */
const FIXED = 1;
const FUNCTION_TYPE = 0x60;
const PARAMETERS: Readonly<Record<number, 'i32' | 'f32' | 'f64'>> = { 127: 'i32', 125: 'f32', 124: 'f64' };

/** A function of the module: the number of its type, and its body with its calls. */
interface WasmFunction {
  readonly type: number;
  readonly body: Uint8Array;
  readonly calls: readonly CallSite[];
}

/**
 * @param module the bytes of unetpp.wasm, which imports its memory and nothing else
 * @param names the exported functions that are called
 * @param pages the size of the memory, which the new module has itself and exports as `memory`
 */
export function trimModule(module: Uint8Array, names: readonly string[], pages: number): TrimmedModule {
  const sections = sectionsOf(module);
  const imports = sections.get(SECTION.import)!.vector(readImport);
  invariant(imports.length === 1 && imports[0] === IMPORTED_MEMORY, 'the kernels import more than their memory');
  const types = sections.get(SECTION.type)!.vector(readType);
  const typeOf = sections.get(SECTION.function)!.vector((reader) => reader.u32());
  const exported = new Map(sections.get(SECTION.export)!.vector(readExport));
  const functions = sections.get(SECTION.code)!.vector((reader, k): WasmFunction => {
    const body = reader.bytes(reader.u32());
    return { type: typeOf[k]!, body, calls: callsOf(body) };
  });
  const roots = names.map((name) => {
    const index = exported.get(name);
    invariant(index !== undefined, `the kernels have no function ${name}`);
    return index;
  });

  const kept = reachable(functions, roots);
  const numbers = new Map(kept.map((index, k) => [index, k]));
  const usedTypes = [...new Set(kept.map((index) => functions[index]!.type))];
  const code = joinBytes([
    HEADER,
    section(
      SECTION.type,
      usedTypes.map((type) => types[type]!.bytes),
    ),
    section(
      SECTION.function,
      kept.map((index) => varint(usedTypes.indexOf(functions[index]!.type))),
    ),
    section(SECTION.memory, [joinBytes([Uint8Array.of(FIXED), varint(pages), varint(pages)])]),
    section(SECTION.export, [
      joinBytes([text('memory'), Uint8Array.of(EXPORTED.memory, 0)]),
      ...names.map((name, k) =>
        joinBytes([text(name), Uint8Array.of(EXPORTED.function), varint(numbers.get(roots[k]!)!)]),
      ),
    ]),
    section(
      SECTION.code,
      kept.map((index) => renumbered(functions[index]!, numbers)),
    ),
  ]);
  return { code, parameters: roots.map((index) => types[functions[index]!.type]!.parameters) };
}

/** What each section holds, by its number. */
export function sectionsOf(module: Uint8Array): ReadonlyMap<number, WasmReader> {
  const reader = new WasmReader(module.subarray(HEADER.length));
  const sections = new Map<number, WasmReader>();
  while (!reader.done) {
    const number = reader.byte();
    sections.set(number, new WasmReader(reader.bytes(reader.u32())));
  }
  const known: readonly number[] = Object.values(SECTION);
  const other = [...sections.keys()].find((number) => !known.includes(number));
  invariant(other === undefined, `the kernels have a section ${other}`);
  return sections;
}

/** Returns the kind of the import. */
function readImport(reader: WasmReader): number {
  reader.bytes(reader.u32());
  reader.bytes(reader.u32());
  const kind = reader.byte();
  const hasMaximum = reader.byte() === 1;
  reader.u32();
  if (hasMaximum) reader.u32();
  return kind;
}

function readType(reader: WasmReader) {
  const from = reader.at;
  invariant(reader.byte() === FUNCTION_TYPE, 'the kernels have a type that is no function');
  const parameters = reader.vector(() => PARAMETERS[reader.byte()]!);
  reader.vector(() => reader.byte());
  return { parameters, bytes: reader.since(from) };
}

function readExport(reader: WasmReader): [name: string, index: number] {
  const name = String.fromCharCode(...reader.bytes(reader.u32()));
  const kind = reader.byte();
  const index = reader.u32();
  return [kind === EXPORTED.function ? name : '', index];
}

/** The functions that these call, directly or not, themselves included, in the order of the module. */
function reachable(functions: readonly WasmFunction[], roots: readonly number[]): number[] {
  const found = new Set(roots);
  // A set that grows is gone through to its end.
  for (const index of found) for (const { callee } of functions[index]!.calls) found.add(callee);
  return [...found].sort((a, b) => a - b);
}

/** The body, its size before it, with the new numbers of the functions that it calls. */
function renumbered({ body, calls }: WasmFunction, numbers: ReadonlyMap<number, number>): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { from, to, callee } of calls) {
    parts.push(body.subarray(at, from), varint(numbers.get(callee)!));
    at = to;
  }
  const changed = joinBytes([...parts, body.subarray(at)]);
  return joinBytes([varint(changed.length), changed]);
}

function section(number: number, entries: readonly Uint8Array[]): Uint8Array {
  const content = vector(entries);
  return joinBytes([Uint8Array.of(number), varint(content.length), content]);
}
