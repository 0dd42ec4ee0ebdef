/** What a header says of the pixels: their size, their numbers, their colours. */
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import { checkLimits } from '../limits.js';
import type { DataSet } from './dataset.js';
import type { DicomFile } from './file.js';

/** How samples are coloured, by the Photometric Interpretation. */
export type Colours = 'grey' | 'inverted grey' | 'palette' | 'rgb' | 'ybr' | 'ybr-422';

export interface PixelFormat {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Samples of a pixel as they are stored: 1 or 3. */
  readonly samples: number;
  readonly colours: Colours;
  /** Bits that a sample takes, 1, 8, 16, 32 or 64; how many of them count; which of them is the highest. */
  readonly bits: number;
  readonly storedBits: number;
  readonly highBit: number;
  readonly kind: 'unsigned' | 'signed' | 'float';
  /** Whether a frame has its reds first, then its greens, then its blues. */
  readonly isPlanar: boolean;
}

const COLOURS: Readonly<Record<string, readonly [Colours, samples: number]>> = {
  MONOCHROME1: ['inverted grey', 1],
  MONOCHROME2: ['grey', 1],
  'PALETTE COLOR': ['palette', 1],
  RGB: ['rgb', 3],
  YBR_FULL: ['ybr', 3],
  YBR_FULL_422: ['ybr-422', 3],
  // A JPEG 2000 undoes these by itself.
  YBR_ICT: ['rgb', 3],
  YBR_RCT: ['rgb', 3],
};

/** The most frames of a file: what is kept of each takes some hundred bytes. */
const MAX_FRAMES = 2 ** 17;

/** How many bytes a frame takes uncompressed; a fraction where pixels of one bit do not fill the last byte. */
export function frameBytes({ width, height, samples, bits, colours }: PixelFormat): number {
  return (width * height * (colours === 'ybr-422' ? 2 : samples) * bits) / 8;
}

/** @throws InputError for pixels of a kind that is not read, or too many */
export function pixelFormat({ dataset, pixels, name, syntax }: DicomFile): PixelFormat {
  const need = (tag: string, keyword: string) => {
    const value = dataset.number(tag);
    if (value !== undefined) return value;
    throw new InputError(`${name}: damaged DICOM: it has no ${keyword}; export it again`);
  };
  const [height, width] = [need('00280010', 'Rows'), need('00280011', 'Columns')];
  const frames = frameCount(dataset);
  const samples = dataset.number('00280002') ?? 1;
  const photometric = dataset.text('00280004') ?? 'MONOCHROME2';
  const [colours, expected] = Object.hasOwn(COLOURS, photometric) ? COLOURS[photometric]! : [undefined, samples];
  if (colours === undefined || samples !== expected) {
    const known = `expected 1 of ${Object.keys(COLOURS).slice(0, 3).join(', ')}, or 3 of RGB, YBR_FULL or YBR_FULL_422`;
    throw new InputError(
      `${name}: holds ${samples} samples a pixel of ${show(photometric)}, ${known}; convert it with gdcmconv`,
    );
  }
  const numbers = pixels.tag === '7fe00010' ? integers(dataset, need) : floats(pixels.tag);
  const format: PixelFormat = {
    ...{ width, height, frames, samples, ...numbers },
    // What a codec for JPEG gives has all its samples.
    colours: colours === 'ybr-422' && syntax.compression !== 'native' ? 'ybr' : colours,
    isPlanar: samples === 3 && dataset.number('00280006') === 1,
  };
  checkFormat(format, photometric, name);
  return format;
}

function frameCount(dataset: DataSet): number {
  const frames = dataset.decimal('00280008', 'NumberOfFrames') ?? 1;
  if (Number.isInteger(frames) && frames >= 1 && frames <= MAX_FRAMES) return frames;
  const expected = `expected 1 to ${MAX_FRAMES}`;
  throw new InputError(`${dataset.name}: holds ${show(frames)} frames, ${expected}; cut it into parts`);
}

type Numbers = Pick<PixelFormat, 'bits' | 'storedBits' | 'highBit' | 'kind'>;

function integers(dataset: DataSet, need: (tag: string, keyword: string) => number): Numbers {
  const bits = need('00280100', 'BitsAllocated');
  const storedBits = dataset.number('00280101') ?? bits;
  const kind = dataset.number('00280103') === 1 ? 'signed' : 'unsigned';
  return { bits, storedBits, highBit: dataset.number('00280102') ?? storedBits - 1, kind };
}

function floats(tag: string): Numbers {
  const bits = tag === '7fe00008' ? 32 : 64;
  return { bits, storedBits: bits, highBit: bits - 1, kind: 'float' };
}

function checkFormat(format: PixelFormat, photometric: string, name: string): void {
  const { width, height, samples, colours, bits, storedBits, highBit, kind } = format;
  if (width === 0 || height === 0) {
    throw new InputError(`${name}: damaged DICOM: ${width}x${height} pixels; export it again`);
  }
  if (kind !== 'float' && ![1, 8, 16, 32].includes(bits)) {
    throw new InputError(`${name}: ${bits} bits a sample, expected 1, 8, 16 or 32; convert it to 16 bits`);
  }
  if (storedBits < 1 || storedBits > bits || highBit < storedBits - 1 || highBit >= bits) {
    throw new InputError(
      `${name}: damaged DICOM: ${storedBits} bits up to bit ${highBit} of ${bits} bits a sample; export it again`,
    );
  }
  const isOfColours = colours !== 'grey' && colours !== 'inverted grey';
  const fits = colours === 'rgb' || colours === 'palette' ? bits === 8 || bits === 16 : bits === 8;
  if (isOfColours && (!fits || kind !== 'unsigned')) {
    const expected = colours === 'rgb' || colours === 'palette' ? 'unsigned ones of 8 or 16' : 'unsigned ones of 8';
    throw new InputError(
      `${name}: ${photometric} of ${kind} numbers of ${bits} bits, expected ${expected}; convert it to RGB of 8 bits`,
    );
  }
  if (colours === 'ybr-422' && (width % 2 === 1 || format.isPlanar)) {
    throw new InputError(`${name}: YBR_FULL_422 of an odd width, or in planes, is not read; convert it to RGB`);
  }
  // Decoded, a sample takes as much as in the file, or 4 bytes where it becomes a floating point number.
  const bytes = width * height * (isOfColours ? 3 : samples) * (isOfColours ? bits / 8 : Math.max(1, bits / 8));
  checkLimits(width, height, bytes, `${width}x${height} of ${bits}-bit ${photometric}`, name);
}
