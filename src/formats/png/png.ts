/** PNG files decoded to images of one or three channels. */
import { InputError } from '../../base/errors.js';
import { emptyLike } from '../../image/channels.js';
import type { Image } from '../../image/image.js';
import type { StoredImage } from '../format.js';
import { inflateLines, readPixelChunks } from './chunks.js';
import { channelsOf, type PngHeader, parsePngHeader } from './header.js';
import { unfilterLines } from './lines.js';

/** A decoded PNG: 1 channel where it is stored as grey, else 3. */
export interface PngImage extends Image<Uint8Array | Uint16Array>, StoredImage {
  readonly channels: 1 | 3;
  readonly data: Uint8Array | Uint16Array;
}

/**
 * Decodes a PNG of any kind: grey of 1 to 16 bits (below 8 bits stretched to 0..255), RGB, palette (as RGB, with the
 * indices beside it). 16-bit samples become a Uint16Array. Transparency is left out, not composited: what an image holds
 * under transparent pixels is measured data.
 * @param name the file's name for errors, usually its path
 * @throws InputError in one line for a file that is no PNG, truncated, damaged (every checksum is verified) or too
 *   large; it is refused before it is inflated past the size that its header declares
 */
export function decodePng(bytes: Uint8Array, name: string): PngImage {
  const header = parsePngHeader(bytes, name);
  const { compressed, palette } = readPixelChunks(bytes, header, name);
  const stored = unfilterLines(inflateLines(compressed, header, name), header, name);
  const { width, height, depth } = header;
  if (palette) return expandPalette(depth === 8 ? stored : unpack(stored, header, 1), palette, header, name);

  // 255 / (2^depth - 1) is whole for every depth: 255, 85, 17, 1.
  const samples = depth === 16 ? from16(stored) : depth === 8 ? stored : unpack(stored, header, 255 / (2 ** depth - 1));
  const channels = channelsOf(header);
  if (channels === header.channels) return { width, height, channels, data: samples };
  return { width, height, channels, data: withoutAlpha(samples, channels), hasAlpha: true };
}

/** Samples of 16 bits from bytes, the higher one first. */
function from16(bytes: Uint8Array): Uint16Array {
  const samples = new Uint16Array(bytes.length / 2);
  for (let i = 0; i < samples.length; i++) samples[i] = (bytes[2 * i]! << 8) | bytes[2 * i + 1]!;
  return samples;
}

/** Drops the last of each pixel's samples; `kept` of them are kept. */
function withoutAlpha<T extends Uint8Array | Uint16Array>(samples: T, kept: number): T {
  const result = emptyLike(samples, (samples.length / (kept + 1)) * kept);
  for (let from = 0, to = 0; to < result.length; from++) {
    for (let c = 0; c < kept; c++) result[to++] = samples[from++]!;
  }
  return result;
}

/**
 * One byte per sample, `step` times its value, from lines of packed 1, 2 or 4-bit samples, the first in the high bits,
 * lines in whole bytes.
 */
function unpack(packed: Uint8Array, { width, height, depth }: PngHeader, step: number): Uint8Array {
  const samples = new Uint8Array(width * height);
  const perByte = 8 / depth;
  const lineBytes = Math.ceil(width / perByte);
  const mask = 2 ** depth - 1;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const shift = 8 - depth * ((x % perByte) + 1);
      samples[i] = step * ((packed[y * lineBytes + ((x * depth) >> 3)]! >> shift) & mask);
    }
  }
  return samples;
}

function expandPalette(indices: Uint8Array, palette: Uint8Array, { width, height }: PngHeader, name: string): PngImage {
  const data = new Uint8Array(indices.length * 3);
  const colours = palette.length / 3;
  for (let i = 0, at = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index >= colours) {
      const where = `pixel (${i % width}, ${Math.floor(i / width)})`;
      throw new InputError(`${name}: damaged PNG: ${where} has colour ${index} of a palette of ${colours}`);
    }
    data[at++] = palette[3 * index]!;
    data[at++] = palette[3 * index + 1]!;
    data[at++] = palette[3 * index + 2]!;
  }
  return { width, height, channels: 3, data, indices };
}
