/** The samples of a frame: from bytes to numbers, and from numbers to what they mean. */
import type { ImageData } from '../../image/image.js';
import type { PixelFormat } from './pixel-format.js';

/** Samples as they are stored, pixel by pixel. */
export type Samples = Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array | Float32Array;

/** The map from stored numbers to real ones, Hounsfield units of a CT, say. */
export interface Scale {
  readonly slope: number;
  readonly intercept: number;
}

export const UNSCALED: Scale = { slope: 1, intercept: 0 };

/** How the bytes of a frame lie. */
export interface ByteLayout {
  readonly isBigEndian: boolean;
  /** How many bits of the first byte belong to the frame before, where pixels take one bit. */
  readonly skip: number;
}

/** The numbers in the bytes of a frame, `count` of them, without the bits that do not count. */
export function samplesOf(bytes: Uint8Array, format: PixelFormat, count: number, layout: ByteLayout): Samples {
  const { bits, kind } = format;
  if (bits === 1) return Uint8Array.from({ length: count }, (_, k) => bit(bytes, layout.skip + k));
  const size = bits / 8;
  // A copy, which begins at a multiple of the size of its numbers (`slice` of a Buffer is none).
  const own = new Uint8Array(bytes.subarray(0, count * size));
  if (layout.isBigEndian) reverseEach(own, size);
  if (kind === 'float')
    return bits === 32 ? new Float32Array(own.buffer) : Float32Array.from(new Float64Array(own.buffer));
  const { buffer } = own;
  const patterns = bits === 8 ? own : bits === 16 ? new Uint16Array(buffer) : new Uint32Array(buffer);
  return maskedSamples(patterns, format);
}

/** Cuts unsigned patterns to the bits that count, in place, and gives them their sign. */
export function maskedSamples(patterns: Uint8Array | Uint16Array | Uint32Array, format: PixelFormat): Samples {
  const { bits, storedBits, highBit, kind } = format;
  const signed = kind === 'signed' ? asSigned(patterns) : undefined;
  if (storedBits === bits) return signed ?? patterns;
  const [up, down] = [32 - 1 - highBit, 32 - storedBits];
  if (signed) for (let i = 0; i < signed.length; i++) signed[i] = (signed[i]! << up) >> down;
  else for (let i = 0; i < patterns.length; i++) patterns[i] = (patterns[i]! << up) >>> down;
  return signed ?? patterns;
}

/** The same bits with a sign. */
function asSigned({ buffer, byteOffset, length, BYTES_PER_ELEMENT }: Samples): Int8Array | Int16Array | Int32Array {
  const type = BYTES_PER_ELEMENT === 1 ? Int8Array : BYTES_PER_ELEMENT === 2 ? Int16Array : Int32Array;
  return new type(buffer as ArrayBuffer, byteOffset, length);
}

function bit(bytes: Uint8Array, at: number): number {
  return (bytes[at >> 3]! >> (at & 7)) & 1;
}

function reverseEach(bytes: Uint8Array, size: number): void {
  for (let at = 0; at + size <= bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/** Whether stored numbers stay what they are: unsigned, of 8 or 16 bits, and without a scale. */
export function staysWhole({ bits, kind }: PixelFormat, { slope, intercept }: Scale): boolean {
  return kind === 'unsigned' && bits <= 16 && slope === 1 && intercept === 0;
}

/**
 * The numbers that stored grey samples mean. Of MONOCHROME1, where low ones are bright, they are mirrored within the range
 * of their bits, so that high ones are bright as everywhere else; but where a scale gives them a unit, they keep it.
 */
export function realSamples(samples: Samples, format: PixelFormat, scale: Scale, asFloat: boolean): ImageData {
  const { bits, colours } = format;
  if (!asFloat && staysWhole(format, scale)) {
    const whole = samples as Uint8Array | Uint16Array;
    return colours !== 'inverted grey' && bits !== 1 ? whole : whole.map((value) => realSample(value, format, scale));
  }
  return Float32Array.from(samples, (value) => realSample(value, format, scale));
}

/** `realSamples` of one of them. */
export function realSample(value: number, format: PixelFormat, scale: Scale): number {
  const { bits, storedBits, kind } = format;
  const sum = kind === 'signed' ? -1 : 2 ** storedBits - 1;
  const seen = mirrors(format, scale) ? sum - value : value;
  // Pixels of one bit take the range of a byte, as those of other formats do.
  return bits === 1 ? 255 * seen : scale.slope * seen + scale.intercept;
}

/** Whether samples are mirrored, see `realSamples`. */
export function mirrors({ colours, kind }: PixelFormat, { slope, intercept }: Scale): boolean {
  return colours === 'inverted grey' && kind !== 'float' && slope === 1 && intercept === 0;
}
