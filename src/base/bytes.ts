/** Bytes: put together, compared, of texts, of arrays, and of whole numbers. */
import { InputError } from './errors.js';

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

/** Returns the bytes of a file. @throws InputError that names `path` where there are none, as after some crashes */
export function checkFilled(bytes: Uint8Array, path: string): Uint8Array {
  if (bytes.length > 0) return bytes;
  throw new InputError(`${path}: the file is empty; restore it from a copy`);
}

/** Whether two rows of bytes are the same. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, k) => byte === b[k]);
}

/** Encodes a text in UTF-8; bytes are what they are. */
export function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
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
