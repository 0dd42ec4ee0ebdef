/** The reader of HDF5 files in Node: h5wasm, in a thread of its own. */
import { InputError } from '../../../base/errors.js';
import type { Field, Hdf5Reader } from '../../../data/folder/hdf5.js';
import { NOT_INSTALLED, readInThread, whereIsH5wasm } from './thread.js';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const MATLAB_HEADER = 512;

export const hdf5Reader: Hdf5Reader = {
  requireAvailable(file) {
    if (whereIsH5wasm() === undefined) throw new InputError(`${file}: ${NOT_INSTALLED}`);
  },

  async read<Name extends string>(bytes: Uint8Array, file: string, wanted: Readonly<Record<Name, number>>) {
    checkSignature(bytes, file);
    // A copy, as the thread takes its bytes away.
    const answer = await readInThread({ bytes: Uint8Array.from(bytes), fields: wanted });
    if ('fault' in answer) throw new InputError(`${file}: ${answer.fault}`);
    return answer.fields as Readonly<Record<Name, Field>>;
  },
};

function checkSignature(bytes: Uint8Array, path: string): void {
  const isAt = (offset: number) => SIGNATURE.every((byte, i) => bytes[offset + i] === byte);
  if (isAt(0) || isAt(MATLAB_HEADER)) return;
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 10));
  if (text === 'MATLAB 5.0') {
    throw new InputError(`${path}: a MATLAB file of the format before v7.3; save it in MATLAB with save(…, '-v7.3')`);
  }
  throw new InputError(
    `${path}: not a MATLAB v7.3 file: ${bytes.length === 0 ? 'it is empty' : 'it has no HDF5 in it'}; copy the file again`,
  );
}
