/**
 * What the beginning of a compressed frame says of its size, read before a codec gets it: codecs take memory by what they
 * find there, and more time than anyone waits.
 */
import { InputError } from '../../../base/errors.js';
import type { PixelFormat } from '../pixel-format.js';

/** The size of a compressed image. */
export interface CodedSize {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Bits of a sample. */
  readonly precision: number;
  /** The marker of the frame's header: 0xc0 baseline, 0xc1 extended, 0xc2 progressive, 0xc3 lossless, 0xf7 JPEG-LS. */
  readonly marker: number;
}

/** Whether a marker begins a frame: of JPEG (SOF), without those between that are tables, or of JPEG-LS. */
function isFrame(marker: number): boolean {
  return (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;
}

/** @throws InputError for a frame that is no JPEG */
export function jpegSize(bytes: Uint8Array, what: string): CodedSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 10 < bytes.length && view.getUint16(0) === 0xffd8 && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (isFrame(marker)) {
      const [precision, components] = [bytes[at + 4]!, bytes[at + 9]!];
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5), components, precision, marker };
    }
    at += 2 + view.getUint16(at + 2);
  }
  throw new InputError(`${what} holds no JPEG of a size; export it again`);
}

/**
 * Refuses a frame with fewer bits than its codes take at least: decoders of JPEG go on behind the end, and give an image.
 * @param least how many bits a pixel takes: 1 without loss, 2 for 64 pixels of a baseline JPEG
 */
export function checkBits(bytes: Uint8Array, { width, height }: PixelFormat, least: number, what: string): void {
  const needs = Math.floor((width * height * least) / 8);
  if (bytes.length >= needs) return;
  throw new InputError(
    `${what} is cut short: ${bytes.length} bytes, its codes take at least ${needs}; copy the file again`,
  );
}

/** How many bytes of padding may follow the last marker: one by the standard. */
const MOST_PADDING = 16;

/**
 * Cuts a frame of JPEG behind its last marker. CharLS looks for it far beyond the end of its memory, for minutes; the decoder
 * of lossless JPEG gives an image without it.
 * @throws InputError for a frame that has none
 */
export function untilEnd(bytes: Uint8Array, what: string): Uint8Array {
  for (let end = bytes.length; end >= Math.max(2, bytes.length - MOST_PADDING); end--) {
    if (bytes[end - 2] === 0xff && bytes[end - 1] === 0xd9) return bytes.subarray(0, end);
  }
  throw new InputError(`${what} is cut short: it has no end; copy the file again`);
}

/** @throws InputError for a frame whose compressed image has another size than the header says */
export function checkSize(size: CodedSize, { width, height, samples, bits }: PixelFormat, what: string): void {
  const { components, precision } = size;
  if (size.width === width && size.height === height && components === samples && precision <= bits) return;
  const found = `${size.width}x${size.height}x${components} of ${precision} bits`;
  throw new InputError(
    `${what} holds ${found}, expected ${width}x${height}x${samples} of at most ${bits}; export it again`,
  );
}

/**
 * Reads the size of a JPEG 2000 and checks that it can be decoded in the time that its pixels deserve: every packet takes a
 * byte at least, and codecs go through all that are claimed.
 */
export function jpeg2000Size(bytes: Uint8Array, what: string): CodedSize {
  const start = codestream(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (start + 50 > bytes.length || view.getUint16(start + 2) !== 0xff51) {
    throw new InputError(`${what} holds no JPEG 2000; export it again`);
  }
  const siz = (offset: number) => view.getUint32(start + 4 + offset);
  const [right, bottom, left, top] = [siz(4), siz(8), siz(12), siz(16)];
  const [tileWidth, tileHeight] = [siz(20), siz(24)];
  const components = view.getUint16(start + 4 + 36);
  const [width, height] = [right - left, bottom - top];
  const tiles = Math.ceil(width / tileWidth) * Math.ceil(height / tileHeight);
  const { layers, levels } = codingStyle(bytes, view, start + 4 + view.getUint16(start + 4));
  const packets = tiles * components * layers * (levels + 1);
  if (!(packets <= bytes.length)) {
    throw new InputError(`${what} claims ${packets} packets of JPEG 2000 in ${bytes.length} bytes; export it again`);
  }
  return { width, height, components, precision: (bytes[start + 4 + 38]! & 127) + 1, marker: 0x51 };
}

/** Where the codestream begins, which may be wrapped in the boxes of a JP2 file. */
function codestream(bytes: Uint8Array): number {
  if (bytes[0] === 0xff && bytes[1] === 0x4f) return 0;
  for (let at = 0; at + 8 < Math.min(bytes.length, 4096); at++) {
    const isBox = bytes[at] === 0x6a && bytes[at + 1] === 0x70 && bytes[at + 2] === 0x32 && bytes[at + 3] === 0x63;
    if (isBox && bytes[at + 4] === 0xff && bytes[at + 5] === 0x4f) return at + 4;
  }
  return bytes.length;
}

/** Layers and levels of the segment of coding style (COD), which follows before the first tile. */
function codingStyle(bytes: Uint8Array, view: DataView, at: number): { layers: number; levels: number } {
  while (at + 10 < bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0x90) {
    if (bytes[at + 1] === 0x52) return { layers: view.getUint16(at + 6), levels: bytes[at + 9]! };
    at += 2 + view.getUint16(at + 2);
  }
  return { layers: 1, levels: 0 };
}
