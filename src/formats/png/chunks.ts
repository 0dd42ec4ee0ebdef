import { inflateSync } from 'node:zlib';
import { InputError } from '../../base/errors.js';
import type { PngHeader } from './header.js';

/**
 * What stands between a PNG file and its decoder. fast-png inflates whatever a file carries: 194 KB that declare one
 * pixel can grow to 200 MB. So the chunks are walked here, those that pixels do not need are left out (compressed
 * profiles and texts among them), and the pixel data is inflated against the exact size that the header calls for.
 */

interface Chunk {
  readonly type: string;
  /** Length field, type, data and checksum. */
  readonly whole: Uint8Array;
  readonly data: Uint8Array;
}

/** Bytes of a chunk beside its data. */
export const LENGTH_TYPE_CHECKSUM = 12;

/**
 * The same PNG with only IHDR, PLTE (of a palette image), IDAT and IEND, its pixel data known to have the right size.
 * tRNS is left out too: transparency never reaches a network (see `toChannels`).
 * @throws InputError that starts with `name` on a truncated or damaged file and on pixel data of another size.
 */
export function essentialPng(bytes: Uint8Array, header: PngHeader, name: string): Uint8Array {
  const chunks = readChunks(bytes, name);
  const [ihdr, ...rest] = chunks;
  const palettes = rest.filter(({ type }) => type === 'PLTE');
  const pixels = rest.filter(({ type }) => type === 'IDAT');

  const unknown = rest.find(({ type }) => /^[A-Z]/.test(type) && !['PLTE', 'IDAT', 'IEND'].includes(type));
  if (unknown) {
    throw new InputError(`${name}: a PNG with a chunk ${unknown.type} is not standard; save it again as a plain PNG`);
  }
  if (header.colourType === 'palette' && palettes.length !== 1) {
    throw new InputError(`${name}: damaged PNG: ${palettes.length} palettes, expected 1; save it again`);
  }
  if (palettes.some(({ data }) => data.length === 0 || data.length > 3 * 2 ** 8 || data.length % 3 !== 0)) {
    const { length } = palettes[0]!.data;
    throw new InputError(
      `${name}: damaged PNG: a palette of ${length} bytes, expected 1 to 256 colours of 3; save it again`,
    );
  }
  if (header.interlaced && header.depth < 8) {
    const what = `interlaced with ${header.depth} bit${header.depth > 1 ? 's' : ''} a sample`;
    throw new InputError(`${name}: a PNG that is ${what} is not supported; save it without interlacing`);
  }
  checkPixelData(Buffer.concat(pixels.map(({ data }) => data)), header, name);

  const palette = header.colourType === 'palette' ? palettes : [];
  const kept = [ihdr!, ...palette, ...pixels, rest.at(-1)!];
  return Buffer.concat([bytes.subarray(0, 8), ...kept.map(({ whole }) => whole)]);
}

/** The chunks from IHDR to IEND; what follows IEND is not looked at. */
function readChunks(bytes: Uint8Array, name: string): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let at = 8;
  while (at + LENGTH_TYPE_CHECKSUM <= bytes.length) {
    const size = view.getUint32(at) + LENGTH_TYPE_CHECKSUM;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) {
      throw new InputError(`${name}: damaged PNG: no chunk where one must start, at byte ${at}; copy the file again`);
    }
    const whole = bytes.subarray(at, at + size);
    if (whole.length < size) {
      const needs = `chunk ${type} at byte ${at} needs ${size} bytes, ${whole.length} are left`;
      throw new InputError(`${name}: truncated PNG: ${needs}; copy the file again`);
    }
    chunks.push({ type, whole, data: whole.subarray(8, -4) });
    if (type === 'IEND') return chunks;
    at += size;
  }
  throw new InputError(`${name}: truncated PNG: ${bytes.length} bytes without an IEND chunk; copy the file again`);
}

/** Inflates until the header's size is passed, no further, and lets go of the result: only its size matters here. */
function checkPixelData(compressed: Uint8Array, header: PngHeader, name: string): void {
  const expected = pixelBytes(header);
  const declared = `${header.width}x${header.height} ${header.colourType} of ${header.depth} bits needs ${expected}`;
  let inflated: number;
  try {
    inflated = inflateSync(compressed, { maxOutputLength: expected }).length;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new InputError(`${name}: damaged PNG: its pixel data inflates past its size: ${declared}; save it again`);
    }
    throw new InputError(`${name}: damaged PNG: its pixel data does not inflate (${message}); copy the file again`);
  }
  if (inflated !== expected) {
    throw new InputError(`${name}: damaged PNG: ${inflated} bytes of pixel data, ${declared}; copy the file again`);
  }
}

/** Column and row where each of the seven passes of Adam7 starts, and its steps. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Bytes of the inflated pixel data: each line is one byte for its filter and its samples, padded to whole bytes. */
function pixelBytes({ width, height, depth, channels, interlaced }: PngHeader): number {
  const lines = (columns: number, rows: number) =>
    columns > 0 ? rows * (1 + Math.ceil((columns * channels * depth) / 8)) : 0;
  if (!interlaced) return lines(width, height);
  return ADAM7.reduce(
    (sum, [x, y, dx, dy]) => sum + lines(Math.ceil((width - x) / dx), Math.max(0, Math.ceil((height - y) / dy))),
    0,
  );
}
