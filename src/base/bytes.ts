/** Bytes: put together, of arrays, and of whole numbers. */

/** The bytes of all parts, one after the other. A single part is not copied. */
export function joinBytes<B extends ArrayBufferLike>(parts: readonly Uint8Array<B>[]): Uint8Array<B | ArrayBuffer> {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The bytes of an array's numbers, in the same memory; little-endian, as every platform has them that we run on. */
export function asBytes<B extends ArrayBufferLike>({
  buffer,
  byteOffset,
  byteLength,
}: ArrayBufferView<B>): Uint8Array<B> {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * A whole number of at least 0 as protobuf and WebAssembly write it (LEB128): seven bits a byte, the lowest first; the
 * eighth bit says that more follow.
 */
export function varint(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Uint8Array.of(...bytes, value);
}
