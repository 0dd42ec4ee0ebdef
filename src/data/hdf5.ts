import { stat } from 'node:fs/promises';
import { InputError } from '../base/errors.js';
import { MAX_SAMPLES } from './png-header.js';
import { readStart } from './read.js';

/**
 * Fields of MATLAB v7.3 files, which are HDF5 files behind a header of 512 bytes. They are read by h5wasm (the HDF5
 * library in WebAssembly), which nothing else needs: it is imported when the first such file is met.
 */

/** An array of numbers in a file. `shape` is HDF5's, MATLAB's backwards: a matrix is [columns, rows]. */
export interface Field {
  readonly shape: readonly number[];
  /** All values, the last axis fastest: a matrix column by column. @throws InputError where they are damaged */
  values(): ArrayLike<number>;
}

export interface Hdf5File {
  /**
   * @throws InputError where there is no such array of numbers, or it claims more than the file can hold
   */
  field(name: string): Field;
}

/** Deflate, the filter of MATLAB, makes at best one byte of so many. */
const BEST_COMPRESSION = 1032;
const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const MATLAB_HEADER = 512;
const NUMBERS = [0, 1]; // H5T_INTEGER, H5T_FLOAT

/**
 * `run` on the opened file, which is closed again.
 * @throws InputError in one line: h5wasm is not installed, no file, no MATLAB v7.3 file, damaged
 */
export async function withHdf5<T>(path: string, run: (file: Hdf5File) => T): Promise<T> {
  await checkSignature(path);
  const { File, Dataset } = await library(path);
  const { size } = await stat(path);
  const guarded = <R>(work: () => R): R => {
    try {
      return work();
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new InputError(`${path}: damaged: ${cause(error)}; copy the file again`);
    }
  };

  const file = guarded(() => new File(path, 'r'));
  try {
    return run({
      field(name) {
        const entity = guarded(() => (hasPath(file, name) ? file.get(name) : null));
        if (!(entity instanceof Dataset)) throw new InputError(`${path}: has no array ${name}; ${EXPECTED}`);
        const { shape, type, size: width, filters } = guarded(() => ({ ...entity.metadata, filters: entity.filters }));
        if (!shape || !NUMBERS.includes(type)) throw new InputError(`${path}: ${name} holds no numbers; ${EXPECTED}`);
        const count = shape.reduce((product, length) => product * length, 1);
        const most = size * (filters.length > 0 ? BEST_COMPRESSION : 1);
        if (count > MAX_SAMPLES || count * width > most) {
          const claim = `${name} claims ${shape.join('x')} values of ${width} bytes`;
          throw new InputError(
            `${path}: damaged: ${claim}, more than a file of ${size} bytes holds; copy the file again`,
          );
        }
        return { shape, values: () => guarded(() => numbers(entity.value, count)) };
      },
    });
  } finally {
    file.close();
  }
}

const EXPECTED = 'expected a struct cjdata with label, PID, image and tumorMask';

/** h5wasm asks for what is not there with an error of its own; so each step of a path is looked up first. */
function hasPath(file: { keys(): string[]; get(path: string): unknown }, path: string): boolean {
  const [first, ...rest] = path.split('/');
  if (!file.keys().includes(first!)) return false;
  if (rest.length === 0) return true;
  const next = file.get(first!);
  return typeof next === 'object' && next !== null && 'keys' in next && hasPath(next as typeof file, rest.join('/'));
}

function numbers(value: unknown, count: number): ArrayLike<number> {
  const list = value instanceof BigInt64Array || value instanceof BigUint64Array ? Array.from(value, Number) : value;
  if (ArrayBuffer.isView(list) || Array.isArray(list)) {
    if ((list as ArrayLike<number> & ArrayBufferView).length === count) return list as unknown as ArrayLike<number>;
  }
  throw new Error(`${count} values expected, others found`);
}

/** @throws InputError that names `path` where h5wasm is not installed */
export async function requireHdf5(path: string): Promise<void> {
  await library(path);
}

/** h5wasm, told to throw instead of printing to stderr, with which it would also take damaged values for good. */
async function library(path: string): Promise<typeof import('h5wasm/node')> {
  // Within `try` a bundler takes the package for one that may be missing.
  try {
    const h5wasm = await import('h5wasm/node');
    (await h5wasm.ready).activate_throwing_error_handler();
    return h5wasm;
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.endsWith('MODULE_NOT_FOUND')) throw error;
    throw new InputError(`${path}: MATLAB files are read by h5wasm, which is not installed; run: npm install h5wasm`);
  }
}

async function checkSignature(path: string): Promise<void> {
  const start = await readStart(path, MATLAB_HEADER + SIGNATURE.length);
  const isAt = (offset: number) => SIGNATURE.every((byte, i) => start[offset + i] === byte);
  if (isAt(0) || isAt(MATLAB_HEADER)) return;
  const text = new TextDecoder('latin1').decode(start.subarray(0, 10));
  if (text === 'MATLAB 5.0') {
    throw new InputError(`${path}: a MATLAB file of the format before v7.3; save it in MATLAB with save(…, '-v7.3')`);
  }
  throw new InputError(
    `${path}: not a MATLAB v7.3 file: ${start.length === 0 ? 'it is empty' : 'it has no HDF5 in it'}; copy the file again`,
  );
}

/** Of HDF5's report, a line for each call on the way, the innermost. */
function cause(error: unknown): string {
  const lines = String(error instanceof Error ? error.message : error).split('\n');
  const innermost = lines.filter((line) => line.includes('#')).at(-1);
  return innermost?.replace(/^.*\(\): /, '').trim() ?? lines[0]!;
}
