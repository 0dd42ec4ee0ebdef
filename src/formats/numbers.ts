/** The types of numbers that files hold, and how they become the samples of an image. */
import type { ImageData } from '../image/image.js';
import type { SampleKind } from './format.js';

/** What a type is: the array that views its bytes, and the kind of its numbers. */
const TYPES = {
  uint8: { array: Uint8Array, samples: 'unsigned' },
  int8: { array: Int8Array, samples: 'signed' },
  uint16: { array: Uint16Array, samples: 'unsigned' },
  int16: { array: Int16Array, samples: 'signed' },
  uint32: { array: Uint32Array, samples: 'unsigned' },
  int32: { array: Int32Array, samples: 'signed' },
  uint64: { array: BigUint64Array, samples: 'unsigned' },
  int64: { array: BigInt64Array, samples: 'signed' },
  // JavaScript has no such array: its bits are viewed, see `halfToNumber`.
  float16: { array: Uint16Array, samples: 'float' },
  float32: { array: Float32Array, samples: 'float' },
  float64: { array: Float64Array, samples: 'float' },
} as const;

export type NumberType = keyof typeof TYPES;

/** Numbers as they are stored; those of float16 as their bits. */
export type Numbers = InstanceType<(typeof TYPES)[NumberType]['array']>;

/** How many bytes a number of this type takes. */
export function bytesOf(type: NumberType): number {
  return TYPES[type].array.BYTES_PER_ELEMENT;
}

export function samplesOf(type: NumberType): SampleKind {
  return TYPES[type].samples;
}

/** Views bytes as numbers. They are copied where they belong to someone else, and turned where their order is another. */
export function numbersIn(bytes: Uint8Array, type: NumberType, isLittleEndian: boolean, isOwn: boolean): Numbers {
  const { array } = TYPES[type];
  const size = array.BYTES_PER_ELEMENT;
  const isTurned = size > 1 && !isLittleEndian;
  // An array must begin at a multiple of the size of its numbers. (Node's Buffer copies nothing in `slice`.)
  const own = bytes.byteOffset % size !== 0 || (isTurned && !isOwn) ? new Uint8Array(bytes) : bytes;
  if (isTurned) turnNumbers(own, size);
  return new array(own.buffer as ArrayBuffer, own.byteOffset, own.length / size);
}

/** Turns the order of the bytes of each number, in place. */
export function turnNumbers(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) {
    for (let low = at, high = at + size - 1; low < high; low++, high--) {
      const byte = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = byte;
    }
  }
}

/**
 * Reads single numbers.
 * @param refuse what happens to a whole number of 64 bits that float64 cannot hold exactly; it throws
 */
export function numberReader(
  numbers: Numbers,
  type: NumberType,
  refuse: (value: bigint) => never,
): (at: number) => number {
  if (numbers instanceof BigInt64Array || numbers instanceof BigUint64Array) {
    return (at) => {
      const value = Number(numbers[at]);
      return BigInt(value) === numbers[at] ? value : refuse(numbers[at]!);
    };
  }
  if (type === 'float16') return (at) => halfToNumber(numbers[at]!);
  return (at) => numbers[at]!;
}

/** An empty array for what an image holds of numbers of a type: whole ones of 8 and 16 bits as they are, else float32. */
export function imageDataFor(type: NumberType, length: number): ImageData {
  if (type === 'uint8') return new Uint8Array(length);
  if (type === 'uint16') return new Uint16Array(length);
  return new Float32Array(length);
}

/** The number that 16 bits are: a sign, five bits of exponent and ten of fraction (IEEE 754 binary16). */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  // Exact at every exponent: a power of two.
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
