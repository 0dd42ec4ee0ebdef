/** Samples as they are stored, whatever their type and their order of bytes, as numbers of an image. */
import type { ImageData } from '../../image/image.js';
import type { Page } from './page.js';

/** Where samples are taken from, counted in samples of a row, and where they are put. */
export interface Run {
  /** The row's first byte. */
  readonly row: number;
  readonly first: number;
  readonly step: number;
  readonly to: number;
  readonly toStep: number;
  readonly count: number;
}

/** Copies samples of a row. */
export type CopyRun = (bytes: DataView, run: Run, target: ImageData) => void;

/** How the samples of a page are stored. */
export type SampleType = Pick<Page, 'bits' | 'samples' | 'colour'> & { readonly littleEndian: boolean };

/** The array that holds the samples of a page: whole numbers of 8 and 16 bits as they are, all others as float32. */
export function emptyData({ bits, samples }: Pick<Page, 'bits' | 'samples'>, length: number): ImageData {
  if (samples !== 'unsigned' || bits > 16) return new Float32Array(length);
  return bits === 16 ? new Uint16Array(length) : new Uint8Array(length);
}

/**
 * Makes the function that copies samples: those of less than 8 bits are spread over 0 to 255, as in PNG, but for indices
 * of a palette; where white is 0, unsigned ones are inverted.
 */
export function copierOf(type: SampleType): CopyRun {
  const { bits, colour, samples } = type;
  const isInverted = isWhiteZero(type);
  if (bits < 8) return copierOfBits(bits, colour === 'palette' ? 1 : 255 / (2 ** bits - 1), isInverted);
  const get = getterOf(type);
  const bytes = bits / 8;
  if (isInverted) {
    const white = 2 ** bits - 1;
    return (view, { row, first, step, to, toStep, count }, target) => {
      for (let k = 0, from = row + first * bytes; k < count; k++, from += step * bytes, to += toStep) {
        target[to] = white - get(view, from);
      }
    };
  }
  // Stored as they are in memory, which is little-endian wherever this runs.
  const isPlain =
    (type.littleEndian || bits === 8) && (samples === 'float' ? bits === 32 : samples === 'unsigned' && bits <= 16);
  return (view, { row, first, step, to, toStep, count }, target) => {
    if (isPlain && step === 1 && toStep === 1) {
      const stored = new Uint8Array(view.buffer, view.byteOffset + row + first * bytes, count * bytes);
      new Uint8Array(target.buffer, target.byteOffset + to * bytes, count * bytes).set(stored);
      return;
    }
    for (let k = 0, from = row + first * bytes; k < count; k++, from += step * bytes, to += toStep) {
      target[to] = get(view, from);
    }
  };
}

/** Whether samples are inverted as they are read. Others have no white: ImageJ marks them so for their look alone. */
export function isWhiteZero({ colour, samples }: Pick<Page, 'colour' | 'samples'>): boolean {
  return colour === 'white is 0' && samples === 'unsigned';
}

function copierOfBits(bits: number, scale: number, isInverted: boolean): CopyRun {
  const most = 2 ** bits - 1;
  return (view, { row, first, step, to, toStep, count }, target) => {
    for (let k = 0, sample = first; k < count; k++, sample += step, to += toStep) {
      const bit = sample * bits;
      const value = (view.getUint8(row + (bit >> 3)) >> (8 - bits - (bit & 7))) & most;
      target[to] = (isInverted ? most - value : value) * scale;
    }
  };
}

type Get = (view: DataView, at: number) => number;

function getterOf({ bits, samples, littleEndian: little }: SampleType): Get {
  const getters: Readonly<Record<string, Get>> = {
    unsigned8: (view, at) => view.getUint8(at),
    unsigned16: (view, at) => view.getUint16(at, little),
    unsigned32: (view, at) => view.getUint32(at, little),
    signed8: (view, at) => view.getInt8(at),
    signed16: (view, at) => view.getInt16(at, little),
    signed32: (view, at) => view.getInt32(at, little),
    float16: (view, at) => float16(view.getUint16(at, little)),
    float32: (view, at) => view.getFloat32(at, little),
    float64: (view, at) => view.getFloat64(at, little),
  };
  return getters[`${samples}${bits}`]!;
}

/** The value of a number of IEEE 754 in 16 bits. */
function float16(half: number): number {
  const sign = half >> 15 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
