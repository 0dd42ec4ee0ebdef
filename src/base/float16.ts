/**
 * Numbers of 16 bits: IEEE 754's binary16, 1 bit of sign, 5 of exponent, 10 of fraction. They are kept as their bits, as
 * JavaScript has arrays of them from Node 24 on only.
 */

/** The largest finite number; from 65520 on numbers round to infinity. */
export const FLOAT16_MAX = 65504;

/** The bits of the nearest number to each value; of two that are as near, the even one. */
export function toFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(values.length);
  for (let k = 0; k < bits.length; k++) {
    const word = words[k]!;
    bits[k] = ((word >>> 16) & 0x8000) | magnitudeBits(word & 0x7fffffff);
  }
  return bits;
}

/** The same of a number without its sign, from the bits that it has in float32. */
function magnitudeBits(word: number): number {
  if (word > 0x7f800000) return 0x7e00; // NaN
  if (word >= 0x477ff000) return 0x7c00; // 65520 or more
  // The exponent counts from 15 instead of 127. Of the 13 bits that go, less than half is lost, more carries upwards,
  // into the exponent too; half carries where the last bit that stays is 1.
  if (word >= 0x38800000) return (word - 0x38000000 + 0xfff + ((word >>> 13) & 1)) >>> 13;
  // Below 2^-14, in units of 2^-24: the fraction with its leading 1, shifted; half and even as above.
  const shift = 126 - (word >>> 23);
  if (shift > 24) return 0;
  const fraction = (word & 0x7fffff) | 0x800000;
  const half = 1 << (shift - 1);
  return (fraction + half - 1 + ((fraction >>> shift) & 1)) >>> shift;
}

/** The values of numbers by their bits; all of them are exact in float32. */
export function fromFloat16(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length);
  const words = new Uint32Array(values.buffer);
  for (let k = 0; k < bits.length; k++) {
    const exponent = (bits[k]! >>> 10) & 0x1f;
    const fraction = bits[k]! & 0x3ff;
    const sign = (bits[k]! & 0x8000) << 16;
    if (exponent === 0) values[k] = fraction / 0x1000000;
    else words[k] = (exponent === 0x1f ? 0x7f800000 : (exponent + 112) << 23) | (fraction << 13);
    words[k]! |= sign;
  }
  return values;
}
