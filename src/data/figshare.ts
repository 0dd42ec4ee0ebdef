import { join, parse } from 'node:path';
import { InputError } from '../base/errors.js';
import type { Image } from '../base/image.js';
import { unlessFaulty } from './faults.js';
import { type Hdf5File, requireHdf5, withHdf5 } from './hdf5.js';
import type { LabelledImage, Layout, Pair } from './layout.js';
import { MAX_SIDE } from './png-header.js';

/**
 * The layout of the figshare brain tumours (J. Cheng, 2015, figshare 1512427): a folder of MATLAB v7.3 files, each a
 * struct `cjdata` with `label` (1 meningioma, 2 glioma, 3 pituitary tumour), `PID`, `image` and `tumorMask`.
 */
export const figshare: Layout = {
  expected: 'NAME.mat of the figshare brain tumours',

  async recognises(_dir, entries) {
    return entries.some(isMatlab);
  },

  async contents(dir, entries, onFaults) {
    const files = entries.filter(isMatlab);
    await requireHdf5(join(dir, files[0]!));
    const pairs: Pair[] = [];
    for (const file of files) {
      const pair = await unlessFaulty(onFaults, () => pairIn(join(dir, file)));
      if (pair) pairs.push(pair);
    }
    const others = entries.filter((file) => !isMatlab(file) && !file.startsWith('.'));
    pairs.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { pairs, classNames: ['tumour'], skipped: others.map((file) => join(dir, file)) };
  },
};

function isMatlab(file: string): boolean {
  return parse(file).ext.toLowerCase() === '.mat' && !file.startsWith('.');
}

async function pairIn(path: string): Promise<Pair> {
  const origin = await withHdf5(path, (file) => {
    imageSize(file, path);
    return { patient: patientOf(file, path), label: labelOf(file, path) };
  });
  return {
    name: parse(path).name,
    channels: 1,
    ...origin,
    read: () => withHdf5(path, (file) => pixels(file, path)),
  };
}

/** @throws InputError unless image and mask are matrices of one size */
function imageSize(file: Hdf5File, path: string): { width: number; height: number } {
  const { shape } = file.field('cjdata/image');
  const mask = file.field('cjdata/tumorMask').shape;
  const [width = 0, height = 0] = shape;
  if (shape.length !== 2 || Math.min(width, height) < 1 || Math.max(width, height) > MAX_SIDE) {
    throw new InputError(
      `${path}: cjdata/image is ${shape.join('x')}; expected a matrix of up to ${MAX_SIDE} pixels a side`,
    );
  }
  if (mask.length !== 2 || mask[0] !== width || mask[1] !== height) {
    const sizes = `cjdata/image is ${width}x${height}, cjdata/tumorMask is ${mask.join('x')}`;
    throw new InputError(`${path}: ${sizes}; they must have the same size`);
  }
  return { width, height };
}

/** PID is a text, which MATLAB stores as the codes of its characters. */
function patientOf(file: Hdf5File, path: string): string {
  const patient = String.fromCharCode(...Array.from(file.field('cjdata/PID').values()).slice(0, 256)).trim();
  if (/^[\x20-\x7e]+$/.test(patient)) return patient;
  throw new InputError(`${path}: cjdata/PID is no text that names a patient; correct the file`);
}

function labelOf(file: Hdf5File, path: string): string {
  const values = file.field('cjdata/label').values();
  if (values.length === 1 && Number.isInteger(values[0])) return String(values[0]);
  throw new InputError(`${path}: cjdata/label is no whole number; correct the file`);
}

function pixels(file: Hdf5File, path: string): LabelledImage {
  const { width, height } = imageSize(file, path);
  const frame = { width, height, channels: 1 };
  const mask = new Uint8Array(width * height);
  const stored = transposed(file.field('cjdata/tumorMask').values(), width, height);
  stored.forEach((value, i) => {
    if (value !== 0 && value !== 1) throw new InputError(`${path}: cjdata/tumorMask holds ${value}; expected 0 and 1`);
    mask[i] = value;
  });
  const image = wholeNumbers(transposed(file.field('cjdata/image').values(), width, height), path);
  return { image: { ...frame, data: image }, mask: { ...frame, data: mask } };
}

/** MATLAB stores columns; rows are wanted. */
function transposed(columns: ArrayLike<number>, width: number, height: number): Float64Array {
  const rows = new Float64Array(width * height);
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++) rows[i++] = columns[x * height + y]!;
  return rows;
}

/** The values in 16 bits; where some are negative, all are raised by the same number, so that the least is 0. */
function wholeNumbers(values: Float64Array, path: string): Image<Uint16Array>['data'] {
  let [low, high] = [0, 0];
  for (const value of values) {
    if (!Number.isInteger(value)) {
      throw new InputError(`${path}: cjdata/image holds ${value}; expected whole numbers, scale and round it`);
    }
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (high - low > 65535) {
    throw new InputError(`${path}: cjdata/image holds values from ${low} to ${high}, more than 16 bits; scale it down`);
  }
  return Uint16Array.from(values, (value) => value - low);
}
