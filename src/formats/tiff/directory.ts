/**
 * The directories of a TIFF or BigTIFF file (TIFF 6.0, section 2): one for each page, in a chain. Every position and every
 * count is held against the length of the file before it is used.
 */
import { InputError } from '../../base/errors.js';
import type { ByteSource } from '../source.js';

/** The tags that are read or written, by their names in the standard. */
export const TAG = {
  NewSubfileType: 254,
  ImageWidth: 256,
  ImageLength: 257,
  BitsPerSample: 258,
  Compression: 259,
  PhotometricInterpretation: 262,
  FillOrder: 266,
  ImageDescription: 270,
  StripOffsets: 273,
  Orientation: 274,
  SamplesPerPixel: 277,
  RowsPerStrip: 278,
  StripByteCounts: 279,
  XResolution: 282,
  YResolution: 283,
  PlanarConfiguration: 284,
  ResolutionUnit: 296,
  Software: 305,
  Predictor: 317,
  ColorMap: 320,
  TileWidth: 322,
  TileLength: 323,
  TileOffsets: 324,
  TileByteCounts: 325,
  SubIFDs: 330,
  ExtraSamples: 338,
  SampleFormat: 339,
  JPEGTables: 347,
  LercParameters: 50674,
} as const;

/** A tag of a directory. Its values are read when they are asked for. */
export interface Field {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** Where the values begin in the file. */
  readonly at: number;
}

export type Directory = ReadonlyMap<number, Field>;

/** The most pages of a file: more than the frames of a long recording. */
const MOST_PAGES = 65_536;
/** The most tags of a directory; writers use some twenty, GeoTIFF and microscopes a few more. */
const MOST_TAGS = 1024;
/** The longest description that is read: OME-XML of thousands of planes takes a few megabytes. */
const MOST_TEXT_BYTES = 2 ** 24;

/** What is read at once of the file: a directory with its values. */
const PIECE = 4096;

/** The bytes of a number of each type; 0 for types that do not exist. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
/** The types of whole numbers from 0 on. */
const UNSIGNED = { byte: 1, short: 3, long: 4, ifd: 13, long8: 16, ifd8: 18 } as const;
const [ASCII, RATIONAL, UNDEFINED] = [2, 5, 7];

/** A TIFF file, whose directories and values are read as they are needed. */
export class TiffFile {
  readonly littleEndian: boolean;
  /** Whether positions and counts take 8 bytes. */
  readonly isBig: boolean;
  #piece: Uint8Array = new Uint8Array(0);
  #pieceAt = 0;

  /** @param start the first bytes of the file, of which `isTiff` holds */
  constructor(
    readonly source: ByteSource,
    start: Uint8Array,
  ) {
    this.littleEndian = start[0] === 0x49;
    this.isBig = start[this.littleEndian ? 2 : 3] === 43;
  }

  get name(): string {
    return this.source.name;
  }

  damaged(what: string): InputError {
    return new InputError(`${this.name}: damaged TIFF: ${what}; copy the file again`);
  }

  /** Refuses what lies outside of the file. */
  checkInside(what: string, at: number, length: number): void {
    const { size } = this.source;
    if (at >= 8 && at + length <= size) return;
    const place = `${what}: bytes ${at} to ${at + length}, the file has ${size}`;
    throw new InputError(`${this.name}: truncated TIFF: ${place}; copy the file again`);
  }

  /** Reads bytes that are inside. */
  async bytes(what: string, at: number, length: number): Promise<Uint8Array> {
    this.checkInside(what, at, length);
    const end = at + length;
    if (at < this.#pieceAt || end > this.#pieceAt + this.#piece.length) {
      const piece = await this.source.read(at, Math.max(length, PIECE));
      if (piece.length < length) throw new InputError(`${this.name}: became shorter while it was read; open it again`);
      if (length > PIECE) return piece.subarray(0, length);
      this.#piece = piece;
      this.#pieceAt = at;
    }
    return this.#piece.subarray(at - this.#pieceAt, end - this.#pieceAt);
  }

  async #view(what: string, at: number, length: number): Promise<DataView> {
    const bytes = await this.bytes(what, at, length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  /** Reads the directories of all pages. @throws InputError for a chain that is broken, or runs in circles */
  async directories(): Promise<Directory[]> {
    const { littleEndian, isBig } = this;
    const { size } = this.source;
    const headerBytes = isBig ? 16 : 8;
    if (size < headerBytes) {
      const found = `${size} bytes, its header alone takes ${headerBytes}`;
      throw new InputError(`${this.name}: truncated TIFF: ${found}; copy the file again`);
    }
    const start = await this.source.read(0, headerBytes);
    const header = new DataView(start.buffer, start.byteOffset, headerBytes);
    const offsetBytes = isBig ? header.getUint16(4, littleEndian) : 8;
    if (offsetBytes !== 8) throw this.damaged(`a BigTIFF with offsets of ${offsetBytes} bytes, expected 8`);

    const directories: Directory[] = [];
    const seen = new Set<number>();
    let at = isBig ? long8(header, 8, littleEndian) : header.getUint32(4, littleEndian);
    while (at !== 0) {
      if (seen.has(at)) throw this.damaged(`the directory after page ${directories.length} is that of an earlier page`);
      if (directories.length === MOST_PAGES) throw this.damaged(`more than ${MOST_PAGES} pages`);
      seen.add(at);
      const [directory, next] = await this.#directory(at, directories.length + 1);
      directories.push(directory);
      at = next;
    }
    if (directories.length === 0) throw this.damaged('it holds no page');
    return directories;
  }

  async #directory(at: number, page: number): Promise<[directory: Directory, next: number]> {
    const { littleEndian, isBig } = this;
    const what = `the tags of page ${page}`;
    const [countBytes, entryBytes, offsetBytes] = isBig ? [8, 20, 8] : [2, 12, 4];
    const counted = await this.#view(what, at, countBytes);
    const count = isBig ? long8(counted, 0, littleEndian) : counted.getUint16(0, littleEndian);
    if (count === 0 || count > MOST_TAGS)
      throw this.damaged(`${count} tags of page ${page}, expected 1 to ${MOST_TAGS}`);
    const entries = await this.#view(what, at + countBytes, count * entryBytes + offsetBytes);
    const directory = new Map<number, Field>();
    for (let k = 0; k < count; k++) {
      const entry = k * entryBytes;
      const tag = entries.getUint16(entry, littleEndian);
      const type = entries.getUint16(entry + 2, littleEndian);
      const number = isBig ? long8(entries, entry + 4, littleEndian) : entries.getUint32(entry + 4, littleEndian);
      // Values that fit stand in the place of their position.
      const value = entry + entryBytes - offsetBytes;
      const isInline = number * (TYPE_BYTES[type] ?? 0) <= offsetBytes;
      const offset = isBig ? long8(entries, value, littleEndian) : entries.getUint32(value, littleEndian);
      if (!directory.has(tag)) {
        directory.set(tag, { tag, type, count: number, at: isInline ? at + countBytes + value : offset });
      }
    }
    const next = count * entryBytes;
    return [directory, isBig ? long8(entries, next, littleEndian) : entries.getUint32(next, littleEndian)];
  }

  /** Reads values of a tag that are whole numbers from 0 on. Those beyond 2^53 are not exact: no file is as long. */
  async numbers({ tag, type, count, at }: Field, first = 0, length = count): Promise<number[]> {
    const { littleEndian } = this;
    const known = Object.values(UNSIGNED).some((each) => each === type);
    if (!known || count === 0) throw this.damaged(`tag ${nameOf(tag)} holds ${count} values of type ${type}`);
    if (first + length > count)
      throw this.damaged(`tag ${nameOf(tag)} holds ${count} values, expected ${first + length}`);
    const bytes = TYPE_BYTES[type]!;
    const what = `the values of tag ${nameOf(tag)}`;
    if (bytes * count > 8) this.checkInside(what, at, count * bytes);
    const view = await this.#view(what, at + first * bytes, length * bytes);
    return Array.from({ length }, (_, k) => {
      if (bytes === 1) return view.getUint8(k);
      if (bytes === 2) return view.getUint16(2 * k, littleEndian);
      return bytes === 4 ? view.getUint32(4 * k, littleEndian) : long8(view, 8 * k, littleEndian);
    });
  }

  /** The first value of a tag, or what stands for it where the tag is absent. */
  async number(directory: Directory, tag: number, absent: number): Promise<number> {
    const field = directory.get(tag);
    return field ? (await this.numbers(field, 0, 1))[0]! : absent;
  }

  /** Reads a rational, undefined where it is absent or of another type. */
  async rational(directory: Directory, tag: number): Promise<Rational | undefined> {
    const field = directory.get(tag);
    if (field?.type !== RATIONAL || field.count !== 1) return undefined;
    const view = await this.#view(`the values of tag ${nameOf(tag)}`, field.at, 8);
    return [view.getUint32(0, this.littleEndian), view.getUint32(4, this.littleEndian)];
  }

  /** Reads the bytes of a tag. */
  async data({ tag, type, count, at }: Field): Promise<Uint8Array> {
    if (TYPE_BYTES[type] !== 1 || count > MOST_TEXT_BYTES) {
      throw this.damaged(`tag ${nameOf(tag)} holds ${count} values of type ${type}`);
    }
    return new Uint8Array(await this.bytes(`the values of tag ${nameOf(tag)}`, at, count));
  }

  /** Reads a text up to its end, a byte 0; undefined where the tag is absent or no text. */
  async text(directory: Directory, tag: number): Promise<string | undefined> {
    const field = directory.get(tag);
    if (!field || ![UNSIGNED.byte, ASCII, UNDEFINED].includes(field.type)) return undefined;
    const bytes = await this.data(field);
    const end = bytes.indexOf(0);
    // UTF-8, and Latin-1 where it is none: ImageJ writes a micrometre as one byte.
    const content = bytes.subarray(0, end < 0 ? bytes.length : end);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(content);
    } catch {
      return new TextDecoder('latin1').decode(content);
    }
  }
}

/** A fraction as it stands in the file. */
export type Rational = readonly [numerator: number, denominator: number];

function long8(view: DataView, at: number, littleEndian: boolean): number {
  return Number(view.getBigUint64(at, littleEndian));
}

/** The name of a tag: `StripOffsets`. */
export function nameOf(tag: number): string {
  return Object.entries(TAG).find(([, number]) => number === tag)?.[0] ?? String(tag);
}
