/**
 * The format of the figshare brain tumours (J. Cheng, 2015, figshare 1512427): a folder of MATLAB v7.3 files, each a
 * struct `cjdata` with `label` (1 meningioma, 2 glioma, 3 pituitary tumour), `PID`, `image` and `tumorMask`.
 */
import { InputError } from '../../base/errors.js';
import { MAX_BYTES } from '../../formats/limits.js';
import { MAX_SIDE } from '../../image/image.js';
import { unlessFaulty } from '../faults.js';
import type { LabelledImage } from '../record.js';
import { splitName } from './files.js';
import type { FolderFormat, FolderRecord } from './format.js';
import type { Field } from './hdf5.js';

export const figshare: FolderFormat = {
  expected: 'NAME.mat of the figshare brain tumours',

  async recognises({ entries }) {
    return entries.some(isMatlab);
  },

  async contents({ files, dir, entries }, onFaults) {
    const names = entries.filter(isMatlab);
    const first = files.join(dir, names[0]!);
    const { hdf5 } = files;
    if (!hdf5)
      throw new InputError(`${first}: MATLAB files cannot be read here; convert the folder with unetpp convert`);
    hdf5.requireAvailable(first);
    const records: FolderRecord[] = [];
    for (const name of names) {
      const path = files.join(dir, name);
      const read: ReadFields = async (wanted) => hdf5.read(await files.read(path), path, wanted);
      const record = await unlessFaulty(onFaults, () => recordIn(splitName(name).stem, path, read));
      if (record) records.push(record);
    }
    const others = entries.filter((file) => !isMatlab(file) && !file.startsWith('.'));
    records.sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      records,
      classNames: ['tumour'],
      hasIdentities: true,
      skipped: others.map((file) => files.join(dir, file)),
    };
  },
};

function isMatlab(file: string): boolean {
  return splitName(file).ending === '.mat' && !file.startsWith('.');
}

/** More characters than any patient's name. */
const MOST_CHARACTERS = 256;
/** The largest image, at 16 bits a pixel. */
const MOST_PIXELS = MAX_BYTES / 2;

/** Reads fields of one file, see `Hdf5Reader`. */
type ReadFields = <Name extends string>(
  wanted: Readonly<Record<Name, number>>,
) => Promise<Readonly<Record<Name, Field>>>;

async function recordIn(name: string, path: string, read: ReadFields): Promise<FolderRecord> {
  const fields = await read({
    'cjdata/image': 0,
    'cjdata/tumorMask': 0,
    'cjdata/PID': MOST_CHARACTERS,
    'cjdata/label': 1,
  });
  const size = { ...checkSizes(fields['cjdata/image'], fields['cjdata/tumorMask'], path), channels: 1 };
  return {
    name,
    // Of the bits, the header alone tells nothing: they are those of the image as it is read.
    file: { path, name, format: 'MATLAB', header: { ...size, bits: 16, samples: 'unsigned', slices: 1 } },
    ...size,
    patient: patientOf(fields['cjdata/PID'], path),
    label: labelOf(fields['cjdata/label'], path),
    read: () => readPixels(path, read),
  };
}

/** @throws InputError unless image and mask are matrices of one size */
function checkSizes(image: Field, mask: Field, path: string): { width: number; height: number } {
  const [width = 0, height = 0] = image.shape;
  const isTooLarge = Math.max(width, height) > MAX_SIDE || width * height > MOST_PIXELS;
  if (image.shape.length !== 2 || Math.min(width, height) < 1 || isTooLarge) {
    const most = `up to ${MAX_SIDE} pixels a side and ${MOST_PIXELS} pixels`;
    throw new InputError(`${path}: cjdata/image is ${image.shape.join('x')}; expected a matrix of ${most}`);
  }
  if (mask.shape.length !== 2 || mask.shape[0] !== width || mask.shape[1] !== height) {
    const sizes = `cjdata/image is ${width}x${height}, cjdata/tumorMask is ${mask.shape.join('x')}`;
    throw new InputError(`${path}: ${sizes}; they must have the same size`);
  }
  return { width, height };
}

/** Reads PID, a text, which MATLAB stores as the codes of its characters. */
function patientOf({ values }: Field, path: string): string {
  const patient = String.fromCharCode(...Array.from(values, Number)).trim();
  if (/^[\x20-\x7e]+$/.test(patient)) return patient;
  throw new InputError(`${path}: cjdata/PID is not a text that names a patient; correct the file`);
}

function labelOf({ values }: Field, path: string): string {
  if (values.length === 1 && Number.isInteger(Number(values[0]))) return String(values[0]);
  throw new InputError(`${path}: cjdata/label is not a whole number; correct the file`);
}

async function readPixels(path: string, read: ReadFields): Promise<LabelledImage> {
  const fields = await read({ 'cjdata/image': MOST_PIXELS, 'cjdata/tumorMask': MOST_PIXELS });
  const size = checkSizes(fields['cjdata/image'], fields['cjdata/tumorMask'], path);
  const mask = binary(fields['cjdata/tumorMask'], path);
  const image = wholeNumbers(fields['cjdata/image'], path);
  return { image: { ...size, channels: 1, data: image }, mask: { ...size, channels: 1, data: mask } };
}

function binary({ shape, values }: Field, path: string): Uint8Array {
  for (const value of values) {
    if (Number(value) === 0 || Number(value) === 1) continue;
    throw new InputError(`${path}: cjdata/tumorMask holds ${value}; expected 0 and 1`);
  }
  const mask = new Uint8Array(values.length);
  forEachInRows(shape, (from, to) => {
    mask[to] = Number(values[from]);
  });
  return mask;
}

/** Returns the values in 16 bits; where some are negative, all are raised by the same number, so that the least is 0. */
function wholeNumbers({ shape, values }: Field, path: string): Uint16Array {
  let [low, high] = [0, 0];
  for (const stored of values) {
    const value = Number(stored);
    if (!Number.isInteger(value)) {
      throw new InputError(`${path}: cjdata/image holds ${value}; expected whole numbers, scale and round it`);
    }
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (high - low > 65535) {
    throw new InputError(`${path}: cjdata/image holds values from ${low} to ${high}, more than 16 bits; scale it down`);
  }
  const image = new Uint16Array(values.length);
  forEachInRows(shape, (from, to) => {
    image[to] = Number(values[from]) - low;
  });
  return image;
}

/** Visits the values of a matrix row by row, where MATLAB stores columns. */
function forEachInRows([width = 0, height = 0]: readonly number[], visit: (from: number, to: number) => void): void {
  for (let y = 0, to = 0; y < height; y++) for (let x = 0; x < width; x++) visit(x * height + y, to++);
}
