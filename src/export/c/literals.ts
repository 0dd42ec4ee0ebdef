/** Numbers as C writes them, to the bit. */

/** A float32. What decimals cannot say, infinities and NaN, is said by its bits. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return `f32_of_bits(${bitsOf(value)})`;
  return `${decimal(value)}f`;
}

export function doubleText(value: number): string {
  return Number.isFinite(value) ? decimal(value) : 'NAN';
}

/** The digits that JavaScript finds are read back as the same number; a C compiler wants a point or an exponent. */
function decimal(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function bitsOf(value: number): string {
  return `0x${new Uint32Array(Float32Array.of(value).buffer)[0]!.toString(16)}u`;
}

export function int32Text(value: number): string {
  // In C, -2147483648 is the negative of a number that no int holds.
  return value === -0x80000000 ? '(-2147483647 - 1)' : String(value);
}

/** Sixteen bytes as the four numbers that they most likely are: float32 of common size, or else integers. */
export function vectorText(bytes: Uint8Array): string {
  const lanes = Uint8Array.from(bytes).buffer;
  const numbers = [...new Float32Array(lanes)];
  const areNumbers = numbers.every((x) => x === 0 || (Number.isFinite(x) && Math.abs(x) >= SMALLEST_NORMAL));
  if (areNumbers) return sameOrEach('f32x4', numbers.map(floatText));
  return sameOrEach('i32x4', [...new Int32Array(lanes)].map(int32Text));
}

const SMALLEST_NORMAL = 2 ** -126;

function sameOrEach(type: string, lanes: readonly string[]): string {
  return new Set(lanes).size === 1 ? `${type}_splat(${lanes[0]})` : `${type}_make(${lanes.join(', ')})`;
}
