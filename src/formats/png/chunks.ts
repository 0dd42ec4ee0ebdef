/**
 * The chunks of a PNG file, read and written. Those that pixels do not need are skipped (compressed profiles and texts among them), and
 * the pixel data is inflated to no more than the size that the header declares: 194 KB that declare one pixel can grow
 * to 200 MB.
 */
import { joinBytes } from '../../base/bytes.js';
import { crc32 } from '../../base/crc32.js';
import { InputError } from '../../base/errors.js';
import { InflateError, inflate, OversizeError } from '../inflate.js';
import type { PngHeader } from './header.js';
import { pixelBytes } from './lines.js';

interface Chunk {
  readonly type: string;
  /** Length field, type, data and checksum. */
  readonly whole: Uint8Array;
  readonly data: Uint8Array;
}

/** Bytes of a chunk beside its data. */
const LENGTH_TYPE_CHECKSUM = 12;

/** What the pixels are made of. */
export interface PixelChunks {
  /** The lines with their filters, as a zlib stream. */
  readonly compressed: Uint8Array;
  /** The colours of a palette image, three bytes each. */
  readonly palette: Uint8Array | undefined;
}

/**
 * Reads the chunks that pixels need and verifies their checksums. tRNS is ignored: transparency never reaches a network.
 * @throws InputError that starts with `name` on a file that is truncated, damaged or of a kind that is not supported
 */
export function readPixelChunks(bytes: Uint8Array, header: PngHeader, name: string): PixelChunks {
  const [ihdr, ...rest] = readChunks(bytes, name);
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
  const palette = header.colourType === 'palette' ? palettes : [];
  for (const chunk of [ihdr!, ...palette, ...pixels, rest.at(-1)!]) checkCrc(chunk, name);
  return { compressed: joinBytes(pixels.map(({ data }) => data)), palette: palette[0]?.data };
}

/**
 * The lines with their filters, of the size that the header declares.
 * @throws InputError that starts with `name` on pixel data of another size, or that does not inflate
 */
export function inflateLines(compressed: Uint8Array, header: PngHeader, name: string): Uint8Array {
  const expected = pixelBytes(header);
  const declared = `${header.width}x${header.height} ${header.colourType} of ${header.depth} bits needs ${expected}`;
  const lines = inflated(compressed, expected, declared, name);
  if (lines.length === expected) return lines;
  throw new InputError(`${name}: damaged PNG: ${lines.length} bytes of pixel data, ${declared}; copy the file again`);
}

/** The chunks from IHDR to IEND; what follows IEND is ignored. */
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

function inflated(compressed: Uint8Array, expected: number, declared: string, name: string): Uint8Array {
  try {
    return inflate(compressed, expected);
  } catch (error) {
    if (error instanceof OversizeError) {
      throw new InputError(`${name}: damaged PNG: its pixel data inflates past its size: ${declared}; save it again`);
    }
    if (!(error instanceof InflateError)) throw error;
    const { message } = error;
    throw new InputError(`${name}: damaged PNG: its pixel data does not inflate (${message}); copy the file again`);
  }
}

/** A chunk with its length and its checksum. */
export function encodeChunk(type: string, data: Uint8Array): Uint8Array {
  const whole = new Uint8Array(data.length + LENGTH_TYPE_CHECKSUM);
  const view = new DataView(whole.buffer);
  view.setUint32(0, data.length);
  for (let k = 0; k < type.length; k++) whole[4 + k] = type.charCodeAt(k);
  whole.set(data, 8);
  view.setUint32(whole.length - 4, crcOf(whole));
  return whole;
}

function checkCrc({ type, whole }: Chunk, name: string): void {
  const [found, stored] = [
    crcOf(whole),
    new DataView(whole.buffer, whole.byteOffset + whole.length - 4, 4).getUint32(0),
  ];
  if (found === stored) return;
  const what = `CRC mismatch for chunk ${type}. Expected ${stored}, found ${found}`;
  throw new InputError(`${name}: damaged PNG: ${what}; copy the file again`);
}

/** The checksum of a whole chunk: of its type and its data, between the length and the checksum. */
function crcOf(whole: Uint8Array): number {
  return crc32(whole.subarray(4, -4));
}
