/**
 * Writes PNG files (W3C PNG specification, third edition) a band of rows at a time, so that a large picture need not be
 * in memory as a whole, neither its pixels nor its lines. Lines have no filter, as masks and drawings compress well
 * without one.
 */
import { joinBytes } from '../../base/bytes.js';
import { invariant } from '../../base/errors.js';
import type { Image } from '../../image/image.js';
import { ZlibStream } from '../zlib-stream.js';
import { encodeChunk } from './chunks.js';
import { SIGNATURE } from './header.js';

/** What a PNG says of its pixels before them. */
export interface PngShape extends Pick<Image, 'width' | 'height' | 'channels'> {
  readonly bits: 8 | 16;
  /** The colours that an image of one channel counts, each [red, green, blue]. */
  readonly palette?: readonly (readonly number[])[] | undefined;
}

/** The colour types of 1 to 4 channels: grey, grey and alpha, RGB, RGB and alpha. */
const COLOUR_TYPES = [0, 4, 2, 6];
const PALETTE = 3;
/** Of fflate's levels, from 0 (stored) to 9: as small as higher ones for masks, and much faster. */
const LEVEL = 3;
/** The bytes of lines that are compressed at once. */
const AT_ONCE = 2 ** 18;

/** A PNG file in the making. */
export class PngEncoder {
  readonly #shape: PngShape;
  readonly #parts: Uint8Array[];
  readonly #zlib: ZlibStream;
  #rows = 0;

  /** @param text what text chunks say, by keyword, in Latin-1; they stand right after the header */
  constructor(shape: PngShape, text: Readonly<Record<string, string>> = {}) {
    this.#shape = shape;
    const { palette } = shape;
    this.#parts = [
      Uint8Array.from(SIGNATURE),
      encodeChunk('IHDR', header(shape)),
      ...Object.entries(text).map((pair) => encodeChunk('tEXt', latin1(pair.join('\0')))),
      ...(palette ? [encodeChunk('PLTE', Uint8Array.from(palette.flat()))] : []),
    ];
    this.#zlib = new ZlibStream(LEVEL, (compressed) => this.#parts.push(encodeChunk('IDAT', compressed)));
  }

  /** Adds whole rows, the upper ones first. */
  add(samples: Uint8Array | Uint16Array): void {
    const { width, channels, bits } = this.#shape;
    const row = width * channels;
    invariant(samples.length % row === 0, `${samples.length} samples are no whole rows of ${row}`);
    const bytes = row * (bits / 8);
    const atOnce = Math.max(1, Math.floor(AT_ONCE / bytes)) * row;
    for (let from = 0; from < samples.length; from += atOnce) {
      this.#zlib.push(lines(samples.subarray(from, from + atOnce), row));
    }
    this.#rows += samples.length / row;
  }

  /** The bytes of the file. */
  finish(): Uint8Array {
    const { height } = this.#shape;
    invariant(this.#rows === height, `${this.#rows} rows of a picture of ${height}`);
    this.#zlib.finish();
    return joinBytes([...this.#parts, encodeChunk('IEND', new Uint8Array(0))]);
  }
}

/**
 * Encodes an image with 1 to 4 channels (grey, grey and alpha, RGB, RGB and alpha) of 8 or 16 bits a sample as a PNG
 * file, without interlacing.
 * @param image with a palette, whose colours its one channel of 8 bits counts, it becomes a palette image
 * @param text what text chunks say, by keyword, in Latin-1
 */
export function encodePng(
  image: Image<Uint8Array | Uint16Array> & { readonly palette?: number[][] },
  text: Readonly<Record<string, string>> = {},
): Uint8Array {
  const encoder = new PngEncoder({ ...image, bits: image.data instanceof Uint16Array ? 16 : 8 }, text);
  encoder.add(image.data);
  return encoder.finish();
}

/** Width, height, bits, colour type, and compression, filter and interlacing, of which PNG knows one kind each. */
function header({ width, height, channels, bits, palette }: PngShape): Uint8Array {
  const colourType = palette ? PALETTE : COLOUR_TYPES[channels - 1];
  invariant(colourType !== undefined, `a PNG of ${channels} channels`);
  const bytes = new Uint8Array(13);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  bytes.set([bits, colourType, 0, 0, 0], 8);
  return bytes;
}

/** Rows as PNG compresses them: before each a zero, which is no filter; of 16 bits the higher byte first. */
function lines(samples: Uint8Array | Uint16Array, row: number): Uint8Array {
  const size = samples.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array((samples.length / row) * (1 + row * size));
  let at = 0;
  for (let from = 0; from < samples.length; from += row) {
    at++;
    if (size === 1) bytes.set(samples.subarray(from, from + row), at);
    else {
      for (let k = 0; k < row; k++) {
        bytes[at + 2 * k] = samples[from + k]! >> 8;
        bytes[at + 2 * k + 1] = samples[from + k]!;
      }
    }
    at += row * size;
  }
  return bytes;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
