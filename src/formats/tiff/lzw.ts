/** Decodes LZW and PackBits as TIFF has them (TIFF 6.0, sections 9 and 13), to no more than the size that is expected. */

const CLEAR = 256;
const END = 257;
const FIRST = 258;
const MOST_CODES = 4096;

/** Whether a stream has the order of bits of writers before TIFF 5, which libtiff knows by its first code, a clear code. */
export function isOldLzw(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && (bytes[1]! & 1) === 1;
}

/**
 * Decodes an LZW stream: codes of 9 to 12 bits, the highest first, which grow one code earlier than those of GIF.
 * @param length the size that is expected; what would follow is not decoded
 * @returns fewer bytes where the stream ends before; undefined where a code does not exist
 */
export function decodeLzw(bytes: Uint8Array, length: number): Uint8Array | undefined {
  const output = new Uint8Array(length);
  // A code is a piece of the output: that of the code before it and one byte more.
  const starts = new Uint32Array(MOST_CODES);
  const sizes = new Uint16Array(MOST_CODES);
  let free = FIRST;
  let width = 9;
  let at = 0;
  let previousAt = -1;
  let previousSize = 0;
  let [held, bits, from] = [0, 0, 0];
  while (at < length) {
    while (bits < width && from < bytes.length) {
      held = ((held << 8) | bytes[from++]!) & 0xffffff;
      bits += 8;
    }
    if (bits < width) break;
    bits -= width;
    const code = (held >> bits) & ((1 << width) - 1);
    if (code === END) break;
    if (code === CLEAR) {
      [free, width, previousAt] = [FIRST, 9, -1];
      continue;
    }
    if (previousAt >= 0 && free < MOST_CODES) {
      // The byte that it is longer is the first of what follows now.
      starts[free] = previousAt;
      sizes[free] = previousSize + 1;
      free++;
    }
    if (code >= free) return undefined;
    const size = code < CLEAR ? 1 : sizes[code]!;
    const end = Math.min(length, at + size);
    previousAt = at;
    previousSize = size;
    if (code < CLEAR) output[at++] = code;
    else for (let source = starts[code]!; at < end; ) output[at++] = output[source++]!;
    if (free + 1 >= 1 << width && width < 12) width++;
  }
  return output.subarray(0, at);
}

/** Decodes PackBits: runs of bytes, counted. @param length the size that is expected @returns fewer where it ends before */
export function decodePackBits(bytes: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  let at = 0;
  for (let from = 0; from < bytes.length && at < length; ) {
    const count = bytes[from++]!;
    if (count < 128) {
      const literal = bytes.subarray(from, from + Math.min(count + 1, length - at));
      output.set(literal, at);
      at += literal.length;
      from += count + 1;
    } else if (count > 128) {
      if (from === bytes.length) break;
      const end = Math.min(length, at + 257 - count);
      output.fill(bytes[from++]!, at, end);
      at = end;
    }
  }
  return output.subarray(0, at);
}
