/** The run-length coding of DICOM (PS3.5, annex G): a segment for each byte of a sample, the highest first. */
import { InputError } from '../../base/errors.js';
import type { PixelFormat } from './pixel-format.js';

/** The header: how many segments there are, and where 15 of them begin. */
const HEADER_BYTES = 64;

/**
 * Decodes a frame to the bytes of its samples, little-endian, pixel by pixel.
 * @throws InputError for a frame whose segments are not those of its pixels
 */
export function decodeRle(bytes: Uint8Array, format: PixelFormat, what: string): Uint8Array {
  const { width, height, samples, bits } = format;
  // Pixels of one bit are packed, eight to a byte.
  const [size, pixels] = bits === 1 ? [1, Math.ceil((width * height) / 8)] : [bits / 8, width * height];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = bytes.length < HEADER_BYTES ? 0 : view.getUint32(0, true);
  if (found !== samples * size) {
    const expected = `expected ${samples * size} of ${samples} samples a pixel`;
    throw new InputError(`${what} has ${found} segments of RLE, ${expected}; export it again`);
  }
  const starts = Array.from({ length: found }, (_, k) => view.getUint32(4 + 4 * k, true));
  const result = new Uint8Array(pixels * samples * size);
  starts.forEach((start, k) => {
    const end = Math.min(starts[k + 1] ?? bytes.length, bytes.length);
    const [sample, byte] = [Math.floor(k / size), k % size];
    const first = sample * size + (size - 1 - byte);
    const length = unpack(bytes.subarray(Math.max(HEADER_BYTES, start), end), result, first, samples * size);
    if (length < pixels) {
      throw new InputError(`${what} is cut short: segment ${k + 1} has ${length} of ${pixels} bytes; copy it again`);
    }
  });
  return result;
}

/** Writes every `step`th byte of `target`, as far as it goes. @returns how many there are */
function unpack(segment: Uint8Array, target: Uint8Array, first: number, step: number): number {
  let to = first;
  for (let at = 0; at < segment.length && to < target.length; ) {
    const code = segment[at++]!;
    if (code === 128) continue;
    if (code < 128) {
      for (let k = 0; k <= code && at < segment.length && to < target.length; k++, to += step)
        target[to] = segment[at++]!;
    } else if (at < segment.length) {
      const value = segment[at++]!;
      for (let k = 0; k <= 256 - code && to < target.length; k++, to += step) target[to] = value;
    }
  }
  return Math.ceil((to - first) / step);
}
