/**
 * Reads a window of a page out of its strips or tiles: only those that it touches, each as it comes, straight into the
 * image. Of an uncompressed block only the rows are read that the window has, a piece at a time, as writers often put a
 * whole image into one strip.
 */
import { invariant } from '../../base/errors.js';
import type { ImageData } from '../../image/image.js';
import type { Window } from '../../image/window.js';
import { COMPRESSION, MOST_EXPANSION } from './compression.js';
import { type Block, type BlockDecoder, blockDecoder, rowBytesOf } from './decode.js';
import type { TiffFile } from './directory.js';
import type { Page } from './page.js';
import { type CopyRun, copierOf } from './samples.js';

/** About how many bytes of an uncompressed block are read at once. */
const PIECE_BYTES = 2 ** 20;

/** Where the channels of a page go in an image. */
export interface Target {
  readonly data: ImageData;
  /** The channels of the image, and the one that the first sample of the page becomes. */
  readonly channels: number;
  readonly first: number;
}

/** Reads a window of a page. The samples of transparency, which come last, are left out. */
export async function readWindow(
  file: TiffFile,
  page: Page,
  number: number,
  window: Window,
  target: Target,
): Promise<void> {
  const { width, height, blockWidth, blockHeight, isPlanar, compression, isTiled } = page;
  const { left, top } = window;
  const [right, bottom] = [left + window.width, top + window.height];
  const isInside = left >= 0 && top >= 0 && right <= width && bottom <= height && left < right && top < bottom;
  invariant(isInside, `tiff: a window of ${window.width}x${window.height} at ${left}, ${top} of ${width}x${height}`);
  const channels = page.colour === 'palette' ? 1 : page.channels;
  const across = Math.ceil(width / blockWidth);
  const perPlane = across * Math.ceil(height / blockHeight);
  const planes = isPlanar ? channels : 1;
  const [firstRow, lastRow] = [Math.floor(top / blockHeight), Math.floor((bottom - 1) / blockHeight)];
  const [firstColumn, lastColumn] = [Math.floor(left / blockWidth), Math.floor((right - 1) / blockWidth)];
  const decode = compression === COMPRESSION.none ? undefined : await blockDecoder(page, file);
  const reader = new BlockReader(file, page, window, target, isPlanar ? 1 : channels, decode);
  for (let plane = 0; plane < planes; plane++) {
    const from = plane * perPlane + firstRow * across + firstColumn;
    const places = await placesOf(file, page, from, plane * perPlane + lastRow * across + lastColumn + 1 - from);
    for (let row = firstRow; row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) {
        const index = plane * perPlane + row * across + column;
        const what = `${isTiled ? 'tile' : 'strip'} ${index + 1} of page ${number}`;
        await reader.read({ ...places[index - from]!, plane, x: column * blockWidth, y: row * blockHeight, what });
      }
    }
  }
}

/** Refuses a page with a strip or a tile that lies outside of the file, or that cannot hold its pixels. */
export async function checkBlocks(file: TiffFile, page: Page, number: number): Promise<void> {
  const { width, height, blockWidth, blockHeight, isPlanar, stored, isTiled } = page;
  const across = Math.ceil(width / blockWidth);
  const perPlane = across * Math.ceil(height / blockHeight);
  const places = await placesOf(file, page, 0, perPlane * (isPlanar ? stored : 1));
  for (const [index, place] of places.entries()) {
    const y = Math.floor((index % perPlane) / across) * blockHeight;
    checkPlace(file, page, place, y, `${isTiled ? 'tile' : 'strip'} ${index + 1} of page ${number}`);
  }
}

/** Where a block lies in the file. */
interface Place {
  readonly offset: number;
  readonly length: number;
}

async function placesOf(file: TiffFile, page: Page, first: number, count: number): Promise<Place[]> {
  const offsets = await file.numbers(page.offsets, first, count);
  const lengths = await file.numbers(page.byteCounts, first, count);
  return offsets.map((offset, k) => ({ offset: offset + page.shift, length: lengths[k]! }));
}

/** The rows that a block at `y` holds: a strip ends with the image, a tile hangs over. */
function rowsOf({ isTiled, blockHeight, height }: Page, y: number): number {
  return isTiled ? blockHeight : Math.min(blockHeight, height - y);
}

function checkPlace(file: TiffFile, page: Page, { offset, length }: Place, y: number, what: string): void {
  if (length === 0) throw file.damaged(`${what} is empty`);
  file.checkInside(what, offset, length);
  const needed = rowsOf(page, y) * rowBytesOf(page);
  const most = MOST_EXPANSION[page.compression];
  if (most === undefined || length * most >= needed) return;
  const can = most === 1 ? '' : `, which can become ${length * most}`;
  throw file.damaged(`${what} has ${length} bytes${can}, its pixels take ${needed}`);
}

/** A block with its place in the page. */
interface PlacedBlock extends Place {
  readonly plane: number;
  readonly x: number;
  readonly y: number;
  /** Which one it is, for errors. */
  readonly what: string;
}

class BlockReader {
  readonly #rowBytes: number;
  #copy: CopyRun | undefined;
  #copiesLittle: boolean | undefined;

  constructor(
    readonly file: TiffFile,
    readonly page: Page,
    readonly window: Window,
    readonly target: Target,
    /** The samples of a pixel that are taken of a block. */
    readonly taken: number,
    /** Absent where nothing is compressed. */
    readonly decode: BlockDecoder | undefined,
  ) {
    this.#rowBytes = rowBytesOf(page);
  }

  async read(block: PlacedBlock): Promise<void> {
    const { file, page, window, decode } = this;
    const { offset, length, y, what } = block;
    checkPlace(file, page, block, y, what);
    const first = Math.max(window.top, y) - y;
    const end = Math.min(window.top + window.height, y + page.blockHeight) - y;
    if (decode) {
      // Nothing is compressed to more; what follows is not read, however long a block is said to be.
      const most = 4 * rowsOf(page, y) * this.#rowBytes + PIECE_BYTES;
      const bytes = await file.bytes(what, offset, Math.min(length, most));
      this.#place(decode(bytes, rowsOf(page, y), what), block, first, end, 0);
      return;
    }
    const rows = Math.max(1, Math.floor(PIECE_BYTES / this.#rowBytes));
    for (let row = first; row < end; row += rows) {
      const last = Math.min(end, row + rows);
      const bytes = await file.bytes(what, offset + row * this.#rowBytes, (last - row) * this.#rowBytes);
      this.#place({ bytes, littleEndian: file.littleEndian }, block, row, last, row);
    }
  }

  /** Copies rows `first` to `end` of a block, whose bytes begin with row `start`, into the image. */
  #place(
    { bytes, littleEndian }: Block,
    { plane, x, y }: PlacedBlock,
    first: number,
    end: number,
    start: number,
  ): void {
    const { page, window, target, taken } = this;
    if (this.#copiesLittle !== littleEndian) {
      this.#copy = copierOf({ ...page, littleEndian });
      this.#copiesLittle = littleEndian;
    }
    const copy = this.#copy!;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const step = page.isPlanar ? 1 : page.stored;
    const from = Math.max(window.left, x);
    const count = Math.min(window.left + window.width, x + page.blockWidth) - from;
    for (let row = first; row < end; row++) {
      const pixel = (y + row - window.top) * window.width + from - window.left;
      const to = pixel * target.channels + target.first + plane;
      const run = { row: (row - start) * this.#rowBytes, step, toStep: target.channels, count };
      // Without transparency, pixels that lie as in the image are one run.
      if (step === taken && target.channels === taken) {
        copy(view, { ...run, first: (from - x) * step, step: 1, to, toStep: 1, count: count * step }, target.data);
        continue;
      }
      for (let c = 0; c < taken; c++) copy(view, { ...run, first: (from - x) * step + c, to: to + c }, target.data);
    }
  }
}
