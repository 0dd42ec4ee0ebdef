/**
 * NumPy's array file, format 1.0: a magic string, a Python dictionary as text, then the numbers.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { invariant } from '../base/errors.js';
import { type FileKind, SOFTWARE } from './file-kind.js';

/** Says who wrote the file: a comment of Python, after the dictionary. */
const MARK = `# ${SOFTWARE}`;

/** What `encodeNpy` writes. */
export const NPY: FileKind = {
  name: 'an array',
  begins: (head) => /^\x93NUMPY[^\n]*\} (# \w+) *\n/s.exec(head)?.[1] === MARK,
};

/** The bytes of a `.npy` file that `numpy.load` reads as a float32 array of `shape` in C order, as `data` is. */
export function encodeNpy(shape: readonly number[], data: Float32Array): Uint8Array {
  const size = shape.reduce((product, n) => product * n, 1);
  invariant(size === data.length, `npy: shape [${shape}] is not that of ${data.length} numbers`);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, } ${MARK}`;

  // The numbers begin at a multiple of 64: 10 bytes before the text, and a newline that ends it.
  const start = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(start - 11)}\n`), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}
