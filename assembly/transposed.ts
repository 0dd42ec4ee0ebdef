/**
 * 2x2 transposed convolution with stride 2 as matrix products. Every input pixel makes a 2x2 block of the output, so
 * the four taps are four products that write to every second pixel of every second row; nothing overlaps.
 */
import { gemm } from './gemm';
import { columnSums, outerTile, outerWideTile } from './outer';
import {
  imagesOfBand,
  packBias,
  packBlocks4,
  packPanels,
  packRows,
  panelBytes,
  panelOf,
  panelPixel,
  pixelOffsets,
} from './pack';
import { CHANNELS, PIXELS, ROWS, TILE_BYTES, VECTOR, WIDE } from './tiles';

/** See frame.ts; sizes are those of the smaller image, the input of the forward pass. */
@unmanaged
export class TransposedFrame {
  batch: i32;
  height: i32;
  width: i32;
  inChannels: i32;
  outChannels: i32;
  /** Images and rows of a band: one of them is 1, or the rows are all. */
  bandImages: i32;
  bandRows: i32;
  /** Buffers: pixel offsets, packed weights or gradients, packed inputs. */
  table: usize;
  panels: usize;
  band: usize;
}

/** Fills `frame.panels` for `convTranspose2d` from w [2,2,in,out] and b: a matrix for each tap. */
export function packTaps(frame: TransposedFrame, w: usize, b: usize): void {
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const bytes = panelBytes(inChannels);
  for (let t = 0; t < 4; t++) {
    const panels = frame.panels + <usize>t * tapBytes(frame);
    packBias(b, outChannels, panels, bytes);
    const from = w + ((<usize>(t * inChannels * outChannels)) << 2);
    packRows(from, inChannels, outChannels, outChannels, 1, panels, bytes, 0);
  }
}

/** Bytes of the panels of one tap. */
function tapBytes(frame: TransposedFrame): usize {
  return <usize>((frame.outChannels + CHANNELS - 1) / CHANNELS) * panelBytes(frame.inChannels);
}

/** y[2i + a, 2j + b] = x[i, j] w[a, b] + bias, for lines `first` to `last - 1` of x: the rows of all images counted on. */
export function convTranspose2d(frame: TransposedFrame, x: usize, y: usize, first: i32, last: i32): void {
  const height = frame.height;
  const width = frame.width;
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const inRow = (width * inChannels) << 2;
  const outRow = (2 * width * outChannels) << 2;
  const offsets = frame.table + TILE_BYTES;
  for (let line = first; line < last; ) {
    const images = imagesOfBand(line, last, height, frame.bandImages);
    const rows = min(frame.bandRows, min(height - (line % height), last - line));
    const from = x + <usize>line * <usize>inRow;
    const to = y + <usize>(2 * line) * <usize>outRow;
    const outPixel = (2 * outChannels) << 2;
    const outImage = 2 * height * outRow;
    pixelOffsets(offsets, images, rows, width, inChannels << 2, inRow, height * inRow, PIXELS);
    const pixels = pixelOffsets(offsets + 4, images, rows, width, outPixel, 2 * outRow, outImage, PIXELS);
    for (let t = 0; t < 4; t++) {
      const at = to + <usize>(t >> 1) * <usize>outRow + ((<usize>((t & 1) * outChannels)) << 2);
      const panels = frame.panels + <usize>t * tapBytes(frame);
      gemm(frame.table, pixels, from, 1, 0, inChannels, panels, outChannels, false, at);
    }
    line += images * rows;
  }
}

/** Fills `frame.panels` for `convTranspose2dGradInput`: the taps, transposed, below each other. */
export function packTapsTransposed(frame: TransposedFrame, w: usize): void {
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const bytes = panelBytes(4 * outChannels);
  packBias(0, inChannels, frame.panels, bytes);
  for (let t = 0; t < 4; t++) {
    const from = w + ((<usize>(t * inChannels * outChannels)) << 2);
    packRows(from, outChannels, inChannels, 1, outChannels, frame.panels, bytes, t * outChannels);
  }
}

/** dx[i, j] = sum over taps of dy[2i + a, 2j + b] w[a, b]^T: the two rows of a block are two contiguous runs. */
export function convTranspose2dGradInput(frame: TransposedFrame, dy: usize, dx: usize): void {
  const height = frame.height;
  const width = frame.width;
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const smallRow = (width * inChannels) << 2;
  const largeRow = (2 * width * outChannels) << 2;
  for (let n = 0; n < frame.batch; n += frame.bandImages) {
    const images = min(frame.bandImages, frame.batch - n);
    for (let top = 0; top < height; top += frame.bandRows) {
      const rows = min(frame.bandRows, height - top);
      const from = dy + <usize>(2 * (n * height + top)) * <usize>largeRow;
      const to = dx + <usize>(n * height + top) * <usize>smallRow;
      const largePixel = (2 * outChannels) << 2;
      const largeImage = 2 * height * largeRow;
      pixelOffsets(frame.table + TILE_BYTES, images, rows, width, largePixel, 2 * largeRow, largeImage, PIXELS);
      const smallImage = height * smallRow;
      const pixels = pixelOffsets(
        frame.table + TILE_BYTES + 4,
        images,
        rows,
        width,
        inChannels << 2,
        smallRow,
        smallImage,
        PIXELS,
      );
      gemm(frame.table, pixels, from, 2, largeRow, 2 * outChannels, frame.panels, inChannels, false, to);
    }
  }
}

/** dw[a, b] = sum over pixels of x[i, j]^T dy[2i + a, 2j + b]; db = sum of dy. */
export function convTranspose2dGradWeight(frame: TransposedFrame, x: usize, dy: usize, dw: usize, db: usize): void {
  const height = frame.height;
  const width = frame.width;
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  columnSums(dy, 2 * frame.batch * height, 2 * width, outChannels, db);
  memory.fill(dw, 0, (<usize>(4 * inChannels * outChannels)) << 2);
  const dwRow = (<usize>outChannels) << 2;
  for (let n = 0; n < frame.batch; n += frame.bandImages) {
    const images = min(frame.bandImages, frame.batch - n);
    for (let top = 0; top < height; top += frame.bandRows) {
      const rows = min(frame.bandRows, height - top);
      const lines = images * rows;
      const pixels = lines * width;
      const xBlock = (<usize>pixels) << 4;
      const dyBlock = (<usize>pixels) << 5;
      // Several images are taken with all their rows, so the lines of a band follow each other in memory.
      const line = n * height + top;
      packBlocks4(
        x + ((<usize>(line * width * inChannels)) << 2),
        (<usize>inChannels) << 2,
        pixels,
        inChannels,
        frame.band,
        xBlock,
      );
      for (let t = 0; t < 4; t++) {
        for (let y = 0; y < lines; y++) {
          const pixel = (2 * (line + y) + (t >> 1)) * 2 * width + (t & 1);
          const from = dy + ((<usize>(pixel * outChannels)) << 2);
          packPanels(from, (<usize>(2 * outChannels)) << 2, width, outChannels, frame.panels, dyBlock, y * width);
        }
        addProducts(frame, xBlock, dyBlock, pixels, dw + <usize>(t * inChannels) * dwRow);
      }
    }
  }
}

/** dw [in,out] += the outer products of the packed `pixels`: in tiles of twice the columns where all of them are whole. */
function addProducts(frame: TransposedFrame, xBlock: usize, dyBlock: usize, pixels: i32, dw: usize): void {
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const sums = frame.table;
  const row = (<usize>outChannels) << 2;
  let o = 0;
  if (WIDE && inChannels % ROWS === 0) {
    for (; o + 2 * CHANNELS <= outChannels; o += 2 * CHANNELS) {
      const dy = panelOf(frame.panels, dyBlock, o, outChannels);
      let x = frame.band;
      for (let c = 0; c < inChannels; c += ROWS, x += xBlock) {
        const to = dw + <usize>c * row + ((<usize>o) << 2);
        outerWideTile(x, VECTOR, dy, pixels, to, row);
      }
    }
  }
  for (; o < outChannels; o += CHANNELS) {
    const dy = panelOf(frame.panels, dyBlock, o, outChannels);
    const dyPixel = panelPixel(o, outChannels);
    const valid = min(CHANNELS, outChannels - o);
    let x = frame.band;
    for (let c = 0; c < inChannels; c += ROWS, x += xBlock) {
      const to = dw + <usize>c * row + ((<usize>o) << 2);
      outerTile(sums, x, VECTOR, 0, 0, dy, dyPixel, 1, 1, pixels, to, row, min(ROWS, inChannels - c), valid);
    }
  }
}
