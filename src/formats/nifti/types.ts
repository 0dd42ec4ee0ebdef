/** The types of voxels of NIfTI. */
import { InputError } from '../../base/errors.js';
import type { NumberType } from '../numbers.js';

/** A type of voxels: their numbers, and how many each has. */
export interface VoxelType {
  readonly name: string;
  readonly numbers: NumberType;
  readonly channels: 1 | 3;
}

const scalar = (numbers: NumberType): VoxelType => ({ name: numbers, numbers, channels: 1 });

/** The types that are read, by their codes. */
const TYPES: Readonly<Record<number, VoxelType>> = {
  2: scalar('uint8'),
  4: scalar('int16'),
  8: scalar('int32'),
  16: scalar('float32'),
  64: scalar('float64'),
  128: { name: 'RGB24', numbers: 'uint8', channels: 3 },
  256: scalar('int8'),
  512: scalar('uint16'),
  768: scalar('uint32'),
  1024: scalar('int64'),
  1280: scalar('uint64'),
};

/** The types that are not read, for the error. */
const OTHERS: Readonly<Record<number, string>> = {
  1: 'single bits',
  32: 'complex64',
  1536: 'float128',
  1792: 'complex128',
  2048: 'complex256',
  2304: 'RGBA32',
};

/** The type of a code. @throws InputError that starts with `name` for one that is not read */
export function typeOf(code: number, name: string): VoxelType {
  const type = TYPES[code];
  if (type) return type;
  const known = Object.values(TYPES).map((each) => each.name);
  const found = OTHERS[code] ?? `the unknown type ${code}`;
  throw new InputError(`${name}: holds voxels of ${found}, expected ${known.join(', ')}; convert it`);
}

/** The code of the type of results. */
export function codeOf(name: 'uint8' | 'uint16' | 'float32'): number {
  return Number(Object.keys(TYPES).find((code) => TYPES[Number(code)]!.name === name));
}
