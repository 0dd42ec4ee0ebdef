/** What a directory of a TIFF file says of its page: size, samples, colours, and how its blocks are stored. */
import { InputError } from '../../base/errors.js';
import { MAX_CHANNELS } from '../../image/channels.js';
import type { SampleKind } from '../format.js';
import { checkLimits } from '../limits.js';
import { compressionFault } from './compression.js';
import { type Directory, type Field, type Rational, TAG, type TiffFile } from './directory.js';

/** How the samples of a page become channels. */
export type Colour = 'grey' | 'white is 0' | 'rgb' | 'palette' | 'ycbcr';

/** A strip is a block as wide as the image. */
export interface Page {
  readonly width: number;
  readonly height: number;
  /** Samples of a pixel as they are stored, of transparency, too. */
  readonly stored: number;
  /** Channels as they are read: those of transparency, which come last, are left out; a palette gives 3. */
  readonly channels: number;
  readonly hasAlpha: boolean;
  readonly bits: number;
  readonly samples: SampleKind;
  readonly colour: Colour;
  /** Whether each channel is stored by itself. */
  readonly isPlanar: boolean;
  readonly compression: number;
  readonly predictor: number;
  readonly isTiled: boolean;
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly offsets: Field;
  readonly byteCounts: Field;
  /** How far behind its offsets the pixels lie, in bytes. */
  readonly shift: number;
  /** Red, green and blue of every index, 8 bits each. */
  readonly palette?: Uint8Array;
  /** The tables that the JPEG streams of the blocks share. */
  readonly jpegTables?: Field;
  /** How LERC's blocks are compressed once more: 0 not, 1 by deflate, 2 by ZSTD. */
  readonly lercAround: number;
  /** How the page is to be turned to stand upright; 1 is not at all. */
  readonly orientation: number;
  readonly resolution?: Resolution;
}

/** Pixels per unit as they stand in the file. */
export interface Resolution {
  readonly x: Rational;
  readonly y: Rational;
  /** 1 none, 2 inch, 3 centimetre. */
  readonly unit: number;
}

const COLOURS: Readonly<Record<number, Colour>> = { 0: 'white is 0', 1: 'grey', 2: 'rgb', 3: 'palette', 6: 'ycbcr' };

const OTHER_COLOURS: Readonly<Record<number, string>> = {
  4: 'a transparency mask',
  5: 'CMYK',
  8: 'CIE L*a*b*',
  9: 'ICC L*a*b*',
  10: 'ITU L*a*b*',
  32803: 'a colour filter array',
  34892: 'linear raw',
};

const FORMATS: Readonly<Record<number, SampleKind>> = { 1: 'unsigned', 2: 'signed', 3: 'float', 4: 'unsigned' };

const BITS: Readonly<Record<SampleKind, readonly number[]>> = {
  unsigned: [1, 2, 4, 8, 16, 32],
  signed: [8, 16, 32],
  float: [16, 32, 64],
};

/** Blocks may hang over the image, but not so far that they take much longer than any image. */
const MOST_BLOCK_BYTES = 2 ** 29;

/**
 * Reads what the tags of a page say.
 * @param number which page it is, from 1 on, for errors
 * @throws InputError for a page that is damaged, too large, or of a kind that is not read
 */
export async function readPage(file: TiffFile, directory: Directory, number: number): Promise<Page> {
  const { name } = file;
  const value = (tag: number, absent: number) => file.number(directory, tag, absent);
  const [width, height] = [await value(TAG.ImageWidth, 0), await value(TAG.ImageLength, 0)];
  if (width === 0 || height === 0) throw file.damaged(`page ${number} of ${width}x${height} holds no pixel`);
  const stored = await value(TAG.SamplesPerPixel, 1);
  if (stored < 1 || stored > MAX_CHANNELS + 1) {
    throw new InputError(`${name}: page ${number} has ${stored} samples a pixel, expected 1 to ${MAX_CHANNELS}`);
  }
  const bits = await same(file, directory, TAG.BitsPerSample, stored, 1, number);
  const format = await same(file, directory, TAG.SampleFormat, stored, 1, number);
  const samples = FORMATS[format];
  if (samples === undefined || !BITS[samples].includes(bits)) {
    const found = samples === undefined ? `of format ${format} (complex?)` : `${samples} ones`;
    const known = '1, 2, 4, 8, 16 or 32 bits unsigned, 8, 16 or 32 signed, 16, 32 or 64 floating point';
    throw new InputError(
      `${name}: page ${number} has samples of ${bits} bits, ${found}; expected ${known}; convert it`,
    );
  }
  const compression = await value(TAG.Compression, 1);
  const fault = compressionFault(compression);
  if (fault !== undefined) throw new InputError(`${name}: page ${number} is compressed by ${fault}`);
  const fillOrder = await value(TAG.FillOrder, 1);
  if (fillOrder !== 1) {
    throw new InputError(
      `${name}: page ${number} has its bits in the reverse order (FillOrder ${fillOrder}); save it again`,
    );
  }
  const colour = await colourOf(file, directory, { stored, bits, samples, compression }, number);
  const alpha = await alphaOf(file, directory, stored, colour);
  const channels = colour === 'palette' ? 3 : stored - alpha;
  if (channels > MAX_CHANNELS) {
    throw new InputError(`${name}: page ${number} has ${channels} channels, expected 1 to ${MAX_CHANNELS}`);
  }
  const isWhole = samples === 'unsigned' && bits <= 16;
  const bytes = width * height * channels * (isWhole ? Math.ceil(bits / 8) : 4);
  checkLimits(width, height, bytes, `${width}x${height}x${channels} of ${bits}-bit ${samples}`, name);
  const planar = await value(TAG.PlanarConfiguration, 1);
  if (planar !== 1 && planar !== 2) throw file.damaged(`page ${number} has planar configuration ${planar}`);
  const isPlanar = planar === 2 && stored > 1;
  const tables = directory.get(TAG.JPEGTables);
  const lerc = directory.get(TAG.LercParameters);
  const resolution = await resolutionOf(file, directory);
  return {
    width,
    height,
    stored,
    channels,
    hasAlpha: alpha > 0,
    bits,
    samples,
    colour,
    isPlanar,
    compression,
    predictor: await value(TAG.Predictor, 1),
    ...(await layoutOf(file, directory, { width, height, rowBits: bits * (isPlanar ? 1 : stored) }, number)),
    shift: 0,
    ...(colour === 'palette' && { palette: await paletteOf(file, directory, bits, number) }),
    ...(tables && { jpegTables: tables }),
    lercAround: lerc && lerc.count > 1 ? (await file.numbers(lerc, 1, 1))[0]! : 0,
    orientation: await value(TAG.Orientation, 1),
    ...(resolution && { resolution }),
  };
}

/** The value that a tag has for each sample, which must be one for all. */
async function same(
  file: TiffFile,
  directory: Directory,
  tag: number,
  stored: number,
  absent: number,
  number: number,
): Promise<number> {
  const field = directory.get(tag);
  if (!field) return absent;
  const values = await file.numbers(field, 0, Math.min(field.count, stored));
  if (values.every((each) => each === values[0])) return values[0]!;
  const found =
    tag === TAG.BitsPerSample ? `samples of ${values.slice(0, 8)} bits` : `samples of formats ${values.slice(0, 8)}`;
  throw new InputError(`${file.name}: page ${number} has ${found}, expected one for all; save it again`);
}

async function colourOf(
  file: TiffFile,
  directory: Directory,
  { stored, bits, samples, compression }: Pick<Page, 'stored' | 'bits' | 'samples' | 'compression'>,
  number: number,
): Promise<Colour> {
  const photometric = await file.number(directory, TAG.PhotometricInterpretation, 1);
  const colour = COLOURS[photometric];
  const refuse = (what: string) => new InputError(`${file.name}: page ${number} is ${what}; save it as grey or RGB`);
  if (colour === undefined) throw refuse(OTHER_COLOURS[photometric] ?? `of photometric interpretation ${photometric}`);
  if (colour === 'ycbcr' && (compression !== 7 || stored !== 3))
    throw refuse('in YCbCr without JPEG, which is not read');
  if (colour === 'rgb' && stored < 3) throw file.damaged(`page ${number} is RGB of ${stored} samples`);
  if (colour === 'palette' && (stored !== 1 || bits > 8 || samples !== 'unsigned')) {
    throw refuse(`a palette image with ${stored} samples of ${bits} bits`);
  }
  if (compression === 7 && (bits !== 8 || samples !== 'unsigned'))
    throw refuse(`a JPEG of ${bits}-bit ${samples} samples`);
  return colour;
}

/** How many samples of a pixel are transparency: those that are said to be, at the end. */
async function alphaOf(file: TiffFile, directory: Directory, stored: number, colour: Colour): Promise<number> {
  const field = directory.get(TAG.ExtraSamples);
  if (!field) return 0;
  const most = stored - (colour === 'rgb' || colour === 'ycbcr' ? 3 : 1);
  const kinds = await file.numbers(field, 0, Math.min(field.count, most));
  // 1 and 2 are transparency, 0 is anything, as a channel of fluorescence.
  let alpha = 0;
  while (alpha < kinds.length && kinds[kinds.length - 1 - alpha]! > 0) alpha++;
  return alpha;
}

async function paletteOf(file: TiffFile, directory: Directory, bits: number, number: number): Promise<Uint8Array> {
  const colours = 2 ** bits;
  const field = directory.get(TAG.ColorMap);
  if (field?.count !== 3 * colours) {
    throw file.damaged(`page ${number} has a palette of ${field?.count ?? 0} values, expected ${3 * colours}`);
  }
  const values = await file.numbers(field);
  // 16 bits by the standard; some writers use 8 of them, the lower ones.
  const shift = values.every((value) => value < 256) ? 0 : 8;
  return Uint8Array.from({ length: 3 * colours }, (_, k) => values[(k % 3) * colours + Math.floor(k / 3)]! >> shift);
}

async function resolutionOf(file: TiffFile, directory: Directory): Promise<Resolution | undefined> {
  const [x, y] = [await file.rational(directory, TAG.XResolution), await file.rational(directory, TAG.YResolution)];
  return x && y && { x, y, unit: await file.number(directory, TAG.ResolutionUnit, 2) };
}

type Layout = Pick<Page, 'isTiled' | 'blockWidth' | 'blockHeight' | 'offsets' | 'byteCounts'>;

async function layoutOf(
  file: TiffFile,
  directory: Directory,
  { width, height, rowBits }: { width: number; height: number; rowBits: number },
  number: number,
): Promise<Layout> {
  const isTiled = directory.has(TAG.TileWidth) || directory.has(TAG.TileOffsets);
  const offsets = directory.get(isTiled ? TAG.TileOffsets : TAG.StripOffsets);
  const byteCounts = directory.get(isTiled ? TAG.TileByteCounts : TAG.StripByteCounts);
  const what = isTiled ? 'tiles' : 'strips';
  if (!offsets || !byteCounts) throw file.damaged(`page ${number} does not say where its ${what} are`);
  const blockWidth = isTiled ? await file.number(directory, TAG.TileWidth, 0) : width;
  const rows = await file.number(directory, isTiled ? TAG.TileLength : TAG.RowsPerStrip, isTiled ? 0 : height);
  // A strip of 2^32 - 1 rows is all of them.
  const blockHeight = isTiled ? rows : Math.min(rows, height);
  const most = blockWidth * Math.ceil(width / blockWidth) * blockHeight * Math.ceil(height / blockHeight);
  if (blockWidth === 0 || blockHeight === 0 || (most * rowBits) / 8 > MOST_BLOCK_BYTES) {
    throw file.damaged(`page ${number} of ${width}x${height} in ${what} of ${blockWidth}x${blockHeight}`);
  }
  return { isTiled, blockWidth, blockHeight, offsets, byteCounts };
}
