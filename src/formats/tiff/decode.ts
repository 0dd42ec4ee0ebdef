/**
 * Decompresses the blocks of a page. Every method stops at the size that the header declares, which libraries made for
 * browsers do not: LZW, PackBits, deflate and LERC are done here, JPEG and ZSTD by packages that are loaded where a file needs
 * them.
 */
import { InputError } from '../../base/errors.js';
import { InflateError, inflate } from '../inflate.js';
import { jpegDecoder } from '../jpeg/decode.js';
import { parseJpegHeader } from '../jpeg/header.js';
import { loadPeer, rethrow } from '../peers.js';
import { COMPRESSION } from './compression.js';
import type { TiffFile } from './directory.js';
import { decodeLerc, LercError, UnreadLercError } from './lerc.js';
import { decodeLzw, decodePackBits, isOldLzw } from './lzw.js';
import type { Page } from './page.js';
import { undoDifferences, undoFloatDifferences } from './predictor.js';

/** The samples of a block, row by row. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
}

/**
 * Decodes a block into at least `rows` rows of its width.
 * @param what which block it is, for errors: `strip 3 of page 1`
 */
export type BlockDecoder = (bytes: Uint8Array, rows: number, what: string) => Block;

/** Decompresses a block to at most `most` bytes; what it gives is its own memory. */
type Decompress = (bytes: Uint8Array, most: number, what: string) => Uint8Array;

/** Makes the decoder of the blocks of a page. @throws InputError where a package is missing */
export async function blockDecoder(page: Page, file: TiffFile): Promise<BlockDecoder> {
  const { name, littleEndian } = file;
  const { compression, predictor, bits, samples, isPlanar, stored, blockWidth, blockHeight } = page;
  const damaged = (what: string) => file.damaged(what);
  const step = isPlanar ? 1 : stored;
  const rowBytes = rowBytesOf(page);
  if (compression === COMPRESSION.jpeg) return jpegBlocks(page, file);
  if (compression === COMPRESSION.lerc) return lercBlocks(page, file);

  const decompress = await decompressorOf(compression, file);
  const isPredicted = ([5, 8, 32946, 50000] as number[]).includes(compression) && predictor !== 1;
  const isKnown = (predictor === 2 && bits >= 8) || (predictor === 3 && samples === 'float');
  if (isPredicted && !isKnown) {
    throw new InputError(
      `${name}: predictor ${predictor} with ${bits}-bit ${samples} samples is not read; save it without a predictor`,
    );
  }
  return (bytes, rows, what) => {
    const decoded = decompress(bytes, blockHeight * rowBytes, what);
    if (decoded.length < rows * rowBytes) {
      const size = `${rows} rows of ${blockWidth} pixels take ${rows * rowBytes}`;
      throw damaged(`${what} decodes to ${decoded.length} bytes, ${size}`);
    }
    if (isPredicted) {
      const undo = predictor === 2 ? undoDifferences : undoFloatDifferences;
      undo(decoded, { rows, rowBytes, step, bits, littleEndian });
    }
    return { bytes: decoded, littleEndian };
  };
}

/** The bytes of a row of a block. */
export function rowBytesOf({ blockWidth, isPlanar, stored, bits }: Page): number {
  return Math.ceil((blockWidth * (isPlanar ? 1 : stored) * bits) / 8);
}

async function decompressorOf(compression: number, file: TiffFile): Promise<Decompress> {
  if (compression === COMPRESSION.packBits) return decodePackBits;
  if (compression === COMPRESSION.zstd) return zstdDecompressor(file.name);
  if (compression === COMPRESSION.lzw) {
    return (bytes, most, what) => {
      if (isOldLzw(bytes)) {
        throw new InputError(`${file.name}: ${what} is LZW in its old form, which is not read; save the image again`);
      }
      const decoded = decodeLzw(bytes, most);
      if (decoded) return decoded;
      throw file.damaged(`${what} does not decode (a code of LZW that does not exist)`);
    };
  }
  return (bytes, most, what) => inflated(bytes, most, what, file);
}

/** Inflates a block, which must not be longer than `most`. */
function inflated(bytes: Uint8Array, most: number, what: string, file: TiffFile): Uint8Array {
  try {
    return inflate(bytes, most);
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    throw file.damaged(`${what} does not inflate to at most ${most} bytes (${error.message})`);
  }
}

/** Loads the decoder of ZSTD. What it gives is empty for a stream that is damaged, or longer than `most`. */
async function zstdDecompressor(name: string): Promise<(bytes: Uint8Array, most: number) => Uint8Array> {
  const { ZSTDDecoder } = await loadPeer(
    { name: 'zstddec', load: () => import('zstddec').catch(rethrow) },
    `${name}: a TIFF image compressed by ZSTD`,
  );
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return (bytes, most) => decoder.decode(bytes, most);
}

/** LERC's streams, which may be compressed once more. */
async function lercBlocks(page: Page, file: TiffFile): Promise<BlockDecoder> {
  const { name } = file;
  const { lercAround, isPlanar, stored, bits, samples, blockWidth: width, blockHeight: mostRows } = page;
  if (lercAround > 2) {
    throw new InputError(
      `${name}: LERC inside compression ${lercAround} is not read; save it uncompressed or with deflate`,
    );
  }
  if (stored > 1 && !isPlanar) {
    throw new InputError(
      `${name}: LERC of ${stored} samples a pixel is not read; save it uncompressed or with deflate`,
    );
  }
  const unzstd = lercAround === 2 ? await zstdDecompressor(name) : undefined;
  // A stream that does not pay is the samples with a header, of less than 256 bytes.
  const most = mostRows * width * (bits / 8) + 256;
  return (bytes, rows, what) => {
    const stream = lercAround === 0 ? bytes : unzstd ? unzstd(bytes, most) : inflated(bytes, most, what, file);
    try {
      return { bytes: decodeLerc(stream, { width, rows, mostRows, type: `${samples}${bits}` }), littleEndian: true };
    } catch (error) {
      if (error instanceof UnreadLercError) {
        throw new InputError(
          `${name}: ${what} is LERC ${error.message}, which is not read; save it uncompressed or with deflate`,
        );
      }
      if (!(error instanceof LercError)) throw error;
      throw file.damaged(`${what} is LERC that does not decode (${error.message})`);
    }
  };
}

/** JPEG streams, which give luma and colour differences as RGB. */
async function jpegBlocks(page: Page, file: TiffFile): Promise<BlockDecoder> {
  const { name } = file;
  const { jpegTables, isPlanar, stored, blockWidth, blockHeight, colour } = page;
  const decode = await jpegDecoder(`${name}: a TIFF image compressed by JPEG`);
  const channels = isPlanar ? 1 : stored;
  const tables = jpegTables && (await file.data(jpegTables));
  return (bytes, rows, what) => {
    const whole = withTables(bytes, tables);
    // What it throws of itself starts with the name of the file, too.
    const header = parseJpegHeader(whole, whole.length, `${name}: ${what}`)!;
    const { width, height } = header;
    if (width !== blockWidth || height < rows || height > blockHeight || header.channels !== channels) {
      const found = `${width}x${height}x${header.channels}`;
      throw file.damaged(`${what} is a JPEG of ${found}, expected ${blockWidth}x${rows}x${channels}`);
    }
    const { data } = decode(whole, { ...header, isYcc: colour === 'ycbcr' }, `${name}: ${what}`);
    return { bytes: data, littleEndian: true };
  };
}

/** Puts the tables that blocks share, a JPEG without a scan, before a block's own segments. */
function withTables(bytes: Uint8Array, tables: Uint8Array | undefined): Uint8Array {
  if (!tables || tables.length < 4) return bytes;
  const own = tables.subarray(0, -2);
  const whole = new Uint8Array(own.length + bytes.length - 2);
  whole.set(own);
  whole.set(bytes.subarray(2), own.length);
  return whole;
}
