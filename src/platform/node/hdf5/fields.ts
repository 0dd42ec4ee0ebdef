/**
 * Reads fields of an HDF5 file with h5wasm (the HDF5 library in WebAssembly), in a thread of its own (thread.ts).
 * The library gets the bytes of the file and nothing else (files.ts): what a file says of others (external storage,
 * links, virtual fields) finds nothing. It also holds 32-bit sizes, and believes what it reads: shapes, types and bytes
 * are checked before any value is.
 */
import type { File } from 'h5wasm';
import type { Field, NumberArray } from '../../../data/folder/hdf5.js';
import { MAX_BYTES } from '../../../formats/limits.js';
import { OneFile } from './files.js';
import { limitMemory } from './memory.js';

/** What is wanted of a file: fields by name, and how many values of each are read at most; 0 is its shape alone. */
export interface Hdf5Request {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly fields: Readonly<Record<string, number>>;
}

/**
 * The fields, or what is wrong with the file: without its name, but with what to do. Where the library stumbled over it
 * (`isBroken`), the library cannot be trusted with another file.
 */
export type Hdf5Answer =
  | { readonly fields: Readonly<Record<string, Field>> }
  | { readonly fault: string; readonly isBroken?: true };

interface Library {
  readonly h5wasm: typeof import('h5wasm');
  readonly files: OneFile;
}

/** Deflate, the filter of MATLAB, makes at best one byte of so many. */
const BEST_COMPRESSION = 1032;
/** What the library takes beside a file, its values and the chunk at hand. */
const WORKING_BYTES = 2 ** 26;
/** The widths in bytes that the library reads, of integers (H5T_INTEGER) and of floats (H5T_FLOAT). */
const WIDTHS: Readonly<Record<number, readonly number[]>> = { 0: [1, 2, 4, 8], 1: [4, 8] };
const EXPECTED = 'expected a struct cjdata with label, PID, image and tumorMask';

/** A fault that was looked for. */
class Fault extends Error {}

/** An error of the library, in our words. */
class Stumble extends Error {}

let loaded: Promise<Library> | undefined;

/** @param url of h5wasm */
export async function readFields(url: string, request: Hdf5Request): Promise<Hdf5Answer> {
  loaded ??= load(url);
  const library = await loaded;
  try {
    return read(library, request);
  } catch (error) {
    return { fault: error instanceof Stumble ? error.message : causeOf(error), isBroken: true };
  }
}

/** The library is told to throw instead of printing to stderr, with which it would also take damaged values for good. */
async function load(url: string): Promise<Library> {
  const h5wasm: Library['h5wasm'] = await import(url);
  const module = await h5wasm.ready;
  const files = new OneFile(module.FS);
  module.activate_throwing_error_handler();
  return { h5wasm, files };
}

function read(library: Library, { bytes, fields }: Hdf5Request): Hdf5Answer {
  const { h5wasm, files } = library;
  limitMemory(h5wasm.Module.HEAPU8.length + WORKING_BYTES + 2 * bytes.length);
  const file = new h5wasm.File(files.put(bytes), 'r');
  let answer: Hdf5Answer;
  try {
    const found = Object.entries(fields).map(([name, most]) => {
      return [name, inFile(library, name, () => readField(library, file, { name, most, fileSize: bytes.length }))];
    });
    answer = { fields: Object.fromEntries(found) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    answer = { fault: error.message };
  }
  file.close();
  files.remove();
  return answer;
}

/** `read`, where it stayed in the file: what the library says of one that it was kept from is not worth telling. */
function inFile<T>({ files }: Library, name: string, read: () => T): T {
  const checked = <R>(result: R): R => {
    if (files.askedForOthers) throw new Stumble(elsewhere(name));
    return result;
  };
  try {
    return checked(read());
  } catch (error) {
    throw checked(error);
  }
}

interface Wanted {
  readonly name: string;
  readonly most: number;
  readonly fileSize: number;
}

function readField({ h5wasm }: Library, file: File, { name, most, fileSize }: Wanted): Field {
  const field = hasPath(file, name) ? file.get(name) : null;
  if (!(field instanceof h5wasm.Dataset)) throw new Fault(`has no array ${name}; ${EXPECTED}`);
  const { shape, type, size: width, chunks, virtual_sources: sources } = field.metadata;
  if (!shape || !WIDTHS[type]) throw new Fault(`${name} holds no numbers; ${EXPECTED}`);
  if (!WIDTHS[type].includes(width)) {
    throw new Fault(`${name} holds numbers of ${width} bytes; save it as whole numbers of 1, 2, 4 or 8 bytes`);
  }
  if (sources) throw new Fault(elsewhere(name));
  const count = product(shape);
  const claim = `${name} claims ${shape.join('x')} values of ${width} bytes`;
  if (count * width > fileSize * (field.filters.length > 0 ? BEST_COMPRESSION : 1)) {
    throw new Fault(`damaged: ${claim}, more than a file of ${fileSize} bytes holds; copy the file again`);
  }
  if (count * width > MAX_BYTES) throw new Fault(`${claim}, expected at most ${MAX_BYTES} bytes; cut it into tiles`);
  // A chunk is unpacked whole, however little of it is wanted.
  const chunk = product(chunks ?? []) * width;
  if (chunks && chunk > MAX_BYTES) {
    throw new Fault(`damaged: ${name} lies in chunks of ${chunks.join('x')} values; copy the file again`);
  }
  if (most === 0) return { shape, values: new Uint8Array() };
  if (count > most) throw new Fault(`${name} holds ${count} values, expected at most ${most}; correct the file`);
  limitMemory(h5wasm.Module.HEAPU8.length + WORKING_BYTES + 2 * fileSize + count * width + 2 * chunk);
  const values = valuesOf(field.value, name);
  if (values.length === count) return { shape, values };
  throw new Fault(`damaged: ${name} holds ${values.length} values instead of ${count}; copy the file again`);
}

/** h5wasm asks for what is not there with an error of its own; so each step of a path is looked up first. */
function hasPath(file: { keys(): string[]; get(path: string): unknown }, path: string): boolean {
  const [first, ...rest] = path.split('/');
  if (!file.keys().includes(first!)) return false;
  if (rest.length === 0) return true;
  const next = file.get(first!);
  return typeof next === 'object' && next !== null && 'keys' in next && hasPath(next as typeof file, rest.join('/'));
}

function valuesOf(value: unknown, name: string): NumberArray {
  // A field of no axis is one number.
  if (typeof value === 'number') return Float64Array.of(value);
  if (typeof value === 'bigint') return BigInt64Array.of(value);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return value as NumberArray;
  throw new Fault(`damaged: ${name} holds no numbers; copy the file again`);
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((all, length) => all * length, 1);
}

function elsewhere(name: string): string {
  return `${name} lies in other files, which are not read; save it with its values in this one`;
}

/** Of HDF5's report, a line for each call on the way, the innermost. */
function causeOf(error: unknown): string {
  const lines = String(error instanceof Error ? error.message : error).split('\n');
  const innermost = lines.filter((line) => line.includes('#')).at(-1);
  const cause = innermost?.replace(/^.*\(\): /, '').trim() ?? lines[0]!;
  return `damaged: ${cause}; copy the file again`;
}
