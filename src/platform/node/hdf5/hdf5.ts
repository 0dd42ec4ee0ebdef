import { InputError } from '../../../base/errors.js';
import { readBytes } from '../files/read.js';
import type { Field } from './fields.js';
import { NOT_INSTALLED, readInThread, whereIsH5wasm } from './thread.js';

/** Fields of MATLAB v7.3 files, which are HDF5 files behind a header of 512 bytes. */

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const MATLAB_HEADER = 512;

/**
 * @param wanted by its name in the file, how many values of a field are read at most; 0 is its shape alone
 * @throws InputError in one line: h5wasm is not installed, no file, no MATLAB v7.3 file, damaged, no such array of
 * numbers, too many of them
 */
export async function readHdf5<Name extends string>(
  path: string,
  wanted: Readonly<Record<Name, number>>,
): Promise<Readonly<Record<Name, Field>>> {
  const bytes = Uint8Array.from(await readBytes(path));
  checkSignature(bytes, path);
  const answer = await readInThread({ bytes, fields: wanted });
  if ('fault' in answer) throw new InputError(`${path}: ${answer.fault}`);
  return answer.fields as Readonly<Record<Name, Field>>;
}

/** @throws InputError that names `path` where h5wasm is not installed */
export function requireHdf5(path: string): void {
  if (whereIsH5wasm() === undefined) throw new InputError(`${path}: ${NOT_INSTALLED}`);
}

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
