import { decode, encode } from 'fast-png';
import { InputError } from '../../base/errors.js';
import type { Image } from '../../base/image.js';
import { essentialPng, LENGTH_TYPE_CHECKSUM } from './chunks.js';
import { HEADER_BYTES, type PngHeader, parsePngHeader } from './header.js';

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
  if (png.data instanceof Uint16Array) return { width, height, channels, data: png.data };

  const stored = new Uint8Array(png.data.buffer, png.data.byteOffset, png.data.length);
  // 255 / (2^depth - 1) is whole for every depth: 255, 85, 17, 1.
  const step = colourType === 'palette' ? 1 : 255 / (2 ** depth - 1);
  const samples = depth === 8 ? stored : unpack(stored, header, step);
  if (colourType === 'palette') return expandPalette(samples, png.palette!, header, name);
  return { width, height, channels, data: samples };
}

/**
 * A PNG file of an image with 1 to 4 channels (as in `PngImage`), 8 or 16 bits a sample, without interlacing.
 * @param image with a palette, whose colours its one channel of 8 bits counts, it becomes a palette image
 * @param text what text chunks say, by keyword, in Latin-1
 */
export function encodePng(
  image: Image<Uint8Array | Uint16Array> & { readonly palette?: number[][] },
  text: Readonly<Record<string, string>> = {},
): Uint8Array {
  return textFirst(encode({ ...image, text: { ...text }, depth: image.data instanceof Uint16Array ? 16 : 8 }), text);
}

/** Moves the text chunks, which fast-png writes last, to right after the header, where the first look finds them. */
function textFirst(png: Uint8Array, text: Readonly<Record<string, string>>): Uint8Array {
  // Each chunk: keyword, a zero and the text, beside the 12 bytes that every chunk has.
  const size = Object.entries(text).reduce((sum, pair) => sum + LENGTH_TYPE_CHECKSUM + pair.join('\0').length, 0);
  const end = png.length - LENGTH_TYPE_CHECKSUM;
  const chunks = png.slice(end - size, end);
  png.copyWithin(HEADER_BYTES + size, HEADER_BYTES, end - size);
  png.set(chunks, HEADER_BYTES);
  return png;
}

function decodeChecked(bytes: Uint8Array, name: string) {
  try {
    return decode(bytes, { checkCrc: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error);
    throw new InputError(`${name}: damaged PNG: ${reason}; copy the file again`);
  }
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

function expandPalette(
  indices: Uint8Array,
  palette: readonly (readonly number[])[],
  { width, height }: PngHeader,
  name: string,
): PngImage {
  const data = new Uint8Array(indices.length * 3);
  const colours = Uint8Array.from(palette.flat());
  for (let i = 0, at = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index >= palette.length) {
      const where = `pixel (${i % width}, ${Math.floor(i / width)})`;
      throw new InputError(`${name}: damaged PNG: ${where} has colour ${index} of a palette of ${palette.length}`);
    }
    data[at++] = colours[3 * index]!;
    data[at++] = colours[3 * index + 1]!;
    data[at++] = colours[3 * index + 2]!;
  }
  return { width, height, channels: 3, data, indices };
}
