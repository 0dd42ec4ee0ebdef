/** Writes TIFF files: uncompressed, in strips of about a megabyte, little-endian, the directories before the pixels. */
import { asBytes } from '../../base/bytes.js';
import { InputError } from '../../base/errors.js';
import type { Image } from '../../image/image.js';
import { SOFTWARE } from '../file-kind.js';
import { type Rational, TAG } from './directory.js';
import type { Resolution } from './page.js';

/** What is written beside the pixels. */
export interface TiffTags {
  /** Who wrote the file. Default: the name of this software. */
  readonly software?: string;
  /** Written into the first page. */
  readonly description?: string;
  readonly resolution?: Resolution;
  /** How the image is to be turned, 1 to 8. */
  readonly orientation?: number;
}

/** A page: an image, or one of its channels. */
export interface PageToWrite {
  readonly image: Image;
  readonly channel?: number;
}

/** The bytes of a strip, about. */
const STRIP_BYTES = 2 ** 20;
/** Positions take 4 bytes. */
const MOST_BYTES = 2 ** 32 - 1;
const HEADER_BYTES = 8;

const TYPE = { ascii: 2, short: 3, long: 4, rational: 5 } as const;
const BYTES: Readonly<Record<number, number>> = { 2: 1, 3: 2, 4: 4, 5: 8 };

interface Entry {
  readonly tag: number;
  readonly type: number;
  /** Rationals are two numbers each. */
  readonly values: readonly number[];
}

/** A page with its place in the file. */
interface Plan {
  readonly page: PageToWrite;
  readonly entries: readonly Entry[];
  readonly rows: number;
  readonly rowBytes: number;
  /** Where its directory begins. */
  readonly at: number;
  /** The bytes of the directory with its values. */
  readonly length: number;
}

/**
 * Encodes a file of one page or more.
 * @throws InputError that starts with `name` for one that would be longer than 4 GiB
 */
export function encodeTiff(pages: readonly (Image | PageToWrite)[], tags: TiffTags, name: string): Uint8Array {
  const plans: Plan[] = [];
  let at = HEADER_BYTES;
  for (const [k, page] of pages.entries()) {
    const plan = planOf('image' in page ? page : { image: page }, tags, k === 0, at);
    plans.push(plan);
    at += plan.length;
  }
  const total = plans.reduce((sum, plan) => sum + plan.rowBytes * plan.page.image.height, at);
  if (total > MOST_BYTES) {
    throw new InputError(
      `${name}: a TIFF of ${total} bytes, expected at most ${MOST_BYTES}; write fewer slices at once`,
    );
  }
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x4949);
  view.setUint16(2, 42, true);
  view.setUint32(4, HEADER_BYTES, true);
  let pixels = at;
  for (const [k, plan] of plans.entries()) {
    writeDirectory(view, plan, pixels, k === plans.length - 1 ? 0 : plan.at + plan.length);
    writePixels(bytes, plan.page, pixels);
    pixels += plan.rowBytes * plan.page.image.height;
  }
  return bytes;
}

function planOf(page: PageToWrite, tags: TiffTags, isFirst: boolean, at: number): Plan {
  const { width, height, data } = page.image;
  const channels = page.channel === undefined ? page.image.channels : 1;
  const isFloat = data instanceof Float32Array;
  const isRgb = channels === 3 && !isFloat;
  const rowBytes = width * channels * data.BYTES_PER_ELEMENT;
  const rows = Math.min(height, Math.max(1, Math.floor(STRIP_BYTES / rowBytes)));
  const strips = Math.ceil(height / rows);
  const { resolution, orientation, description, software = SOFTWARE } = tags;
  const repeated = (value: number, count: number) => Array<number>(count).fill(value);
  const entry = (tag: number, type: number, ...values: readonly number[]): Entry => ({ tag, type, values });
  const rational = (tag: number, [numerator, denominator]: Rational) =>
    entry(tag, TYPE.rational, numerator, denominator);
  const entries = [
    // First, so that it stands at the beginning of the file.
    entry(TAG.Software, TYPE.ascii, ...textBytes(software)),
    entry(TAG.ImageWidth, TYPE.long, width),
    entry(TAG.ImageLength, TYPE.long, height),
    entry(TAG.BitsPerSample, TYPE.short, ...repeated(8 * data.BYTES_PER_ELEMENT, channels)),
    entry(TAG.Compression, TYPE.short, 1),
    entry(TAG.PhotometricInterpretation, TYPE.short, isRgb ? 2 : 1),
    ...(isFirst && description !== undefined
      ? [entry(TAG.ImageDescription, TYPE.ascii, ...textBytes(description))]
      : []),
    entry(TAG.StripOffsets, TYPE.long, ...repeated(0, strips)),
    ...(orientation !== undefined && orientation > 1 ? [entry(TAG.Orientation, TYPE.short, orientation)] : []),
    entry(TAG.SamplesPerPixel, TYPE.short, channels),
    entry(TAG.RowsPerStrip, TYPE.long, rows),
    entry(TAG.StripByteCounts, TYPE.long, ...stripLengths(height, rows, rowBytes)),
    ...(resolution
      ? [
          rational(TAG.XResolution, resolution.x),
          rational(TAG.YResolution, resolution.y),
          entry(TAG.ResolutionUnit, TYPE.short, resolution.unit),
        ]
      : []),
    entry(TAG.PlanarConfiguration, TYPE.short, 1),
    ...(!isRgb && channels > 1 ? [entry(TAG.ExtraSamples, TYPE.short, ...repeated(0, channels - 1))] : []),
    entry(TAG.SampleFormat, TYPE.short, ...repeated(isFloat ? 3 : 1, channels)),
  ];
  const length = directoryBytes(entries) + entries.reduce((sum, one) => sum + outsideBytes(one), 0);
  return { page, entries, rows, rowBytes, at, length };
}

function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

function stripLengths(height: number, rows: number, rowBytes: number): number[] {
  return Array.from({ length: Math.ceil(height / rows) }, (_, k) => Math.min(rows, height - k * rows) * rowBytes);
}

function directoryBytes(entries: readonly Entry[]): number {
  return 2 + 12 * entries.length + 4;
}

/** The bytes of values that do not fit into their entry; they begin at even places. */
function outsideBytes(entry: Entry): number {
  const bytes = valueBytes(entry);
  return bytes <= 4 ? 0 : bytes + (bytes & 1);
}

function valueBytes({ type, values }: Entry): number {
  return type === TYPE.rational ? 4 * values.length : BYTES[type]! * values.length;
}

/** Writes a directory, its entries by their tags, as the standard demands. */
function writeDirectory(view: DataView, { entries, at, rows, rowBytes }: Plan, pixels: number, next: number): void {
  const places = new Map<Entry, number>();
  let outside = at + directoryBytes(entries);
  for (const entry of entries) {
    places.set(entry, outside);
    outside += outsideBytes(entry);
  }
  view.setUint16(at, entries.length, true);
  let place = at + 2;
  for (const entry of [...entries].sort((a, b) => a.tag - b.tag)) {
    const { tag, type } = entry;
    const values = tag === TAG.StripOffsets ? entry.values.map((_, k) => pixels + k * rows * rowBytes) : entry.values;
    view.setUint16(place, tag, true);
    view.setUint16(place + 2, type, true);
    view.setUint32(place + 4, type === TYPE.rational ? values.length / 2 : values.length, true);
    const isOutside = outsideBytes(entry) > 0;
    if (isOutside) view.setUint32(place + 8, places.get(entry)!, true);
    const start = isOutside ? places.get(entry)! : place + 8;
    for (const [k, value] of values.entries()) {
      if (type === TYPE.ascii) view.setUint8(start + k, value);
      else if (type === TYPE.short) view.setUint16(start + 2 * k, value, true);
      else view.setUint32(start + 4 * k, value, true);
    }
    place += 12;
  }
  view.setUint32(place, next, true);
}

function writePixels(bytes: Uint8Array, { image, channel }: PageToWrite, at: number): void {
  const { data, channels } = image;
  if (channel === undefined || channels === 1) {
    bytes.set(asBytes(data), at);
    return;
  }
  const values = asBytes(data);
  const size = data.BYTES_PER_ELEMENT;
  let to = at;
  for (let from = channel * size; from < values.length; from += channels * size) {
    for (let k = 0; k < size; k++) bytes[to++] = values[from + k]!;
  }
}
