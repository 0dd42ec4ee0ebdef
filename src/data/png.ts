import { decode, encode } from 'fast-png';
import { InputError } from '../base/errors.js';
import { KIND_BYTES } from '../base/file-kind.js';
import type { Image } from '../base/image.js';
import { essentialPng } from './png-chunks.js';
import { type PngHeader, parsePngHeader } from './png-header.js';
import { readBytes, readStart } from './read.js';

/** A decoded PNG. Channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
export interface PngImage extends Image<Uint8Array | Uint16Array> {
  /** Of a palette image: the palette index of every pixel, in the order of the pixels. `data` holds its colours. */
  readonly indices?: Uint8Array;
}

/**
 * Decodes a PNG of any kind: grey of 1 to 16 bits (below 8 bits stretched to 0..255), grey with alpha, RGB, RGBA,
 * palette (as RGB, with the indices beside it). 16-bit samples become a Uint16Array. Transparency that is stored apart
 * (tRNS: a key colour, the alpha of a palette) is not read.
 * @param name how errors call the file, usually its path
 * @throws InputError in one line: not a PNG, truncated, damaged (every checksum is verified), too large. A file is
 * refused before it is inflated past the size that its header declares.
 */
export function decodePng(bytes: Uint8Array, name: string): PngImage {
  const header = parsePngHeader(bytes, name);
  const png = decodeChecked(essentialPng(bytes, header, name), name);
  const { width, height, depth, channels, colourType } = header;
  if (depth === 16) return { width, height, channels, data: new Uint16Array(png.data) };

  const samples = depth === 8 ? new Uint8Array(png.data) : unpack(png.data, header);
  if (colourType === 'palette') return expandPalette(samples, png.palette!, header, name);
  // 255 / (2^depth - 1) is whole for every depth: 255, 85, 17, 1.
  const stretch = 255 / (2 ** depth - 1);
  return { width, height, channels, data: stretch === 1 ? samples : samples.map((value) => value * stretch) };
}

/**
 * A PNG file of an image with 1 to 4 channels (as in `PngImage`), 8 or 16 bits a sample, without interlacing.
 * @param image with a palette, whose colours its one channel of 8 bits counts, it becomes a palette image
 */
export function encodePng(image: Image<Uint8Array | Uint16Array> & { readonly palette?: number[][] }): Uint8Array {
  return encode({ ...image, depth: image.data instanceof Uint16Array ? 16 : 8 });
}

/** Reads and decodes a PNG file; errors as in `decodePng`, or that the file cannot be read. */
export async function readPng(path: string): Promise<PngImage> {
  return decodePng(await readBytes(path), path);
}

/** Reads the header alone: size and kind of an image for the price of a few bytes. */
export async function readPngHeader(path: string): Promise<PngHeader> {
  return parsePngHeader(await readStart(path, KIND_BYTES), path);
}

function decodeChecked(bytes: Uint8Array, name: string) {
  try {
    return decode(bytes, { checkCrc: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error);
    throw new InputError(`${name}: damaged PNG: ${reason}; copy the file again`);
  }
}

/** One byte per sample from lines of packed 1, 2 or 4-bit samples, the first in the high bits, lines in whole bytes. */
function unpack(packed: ArrayLike<number>, { width, height, depth }: PngHeader): Uint8Array {
  const samples = new Uint8Array(width * height);
  const perByte = 8 / depth;
  const lineBytes = Math.ceil(width / perByte);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const byte = packed[y * lineBytes + Math.floor(x / perByte)]!;
      samples[i] = (byte >> (8 - depth * ((x % perByte) + 1))) & (2 ** depth - 1);
    }
  }
  return samples;
}

function expandPalette(
  indices: Uint8Array,
  palette: readonly (readonly number[])[],
  { width, height }: PngHeader,
  name: string,
): PngImage {
  const data = new Uint8Array(indices.length * 3);
  indices.forEach((index, i) => {
    const colour = palette[index];
    if (!colour) {
      const at = `pixel (${i % width}, ${Math.floor(i / width)})`;
      throw new InputError(`${name}: damaged PNG: ${at} has colour ${index} of a palette of ${palette.length}`);
    }
    data.set(colour, i * 3);
  });
  return { width, height, channels: 3, data, indices };
}
