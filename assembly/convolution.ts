/**
 * 3x3 'same' and 1x1 convolution as matrix products, without the ninefold copy of im2col: in a zero-padded NHWC band
 * the three columns under a kernel row are one run of contiguous elements, so a 3x3 window is three runs.
 *
 * Work goes band by band: some rows of one image, or several whole images where they are small.
 */
import { tensorAddress, tensorChannels } from './frame';
import { gemm } from './gemm';
import { columnSums, outerTile } from './outer';
import {
  copyPixels,
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
import { CHANNELS, PIXELS, ROWS, TILE_BYTES, VECTOR } from './tiles';

/** See frame.ts; the tensors are the sources, or their gradients. */
@unmanaged
export class ConvFrame {
  batch: i32;
  height: i32;
  width: i32;
  inChannels: i32;
  outChannels: i32;
  /** 1 or 3. */
  kernel: i32;
  relu: i32;
  sources: i32;
  /** Images and rows of a band: one of them is 1, or the rows are all. */
  bandImages: i32;
  bandRows: i32;
  /** Buffers: pixel offsets, the packed band, packed weights or the second packed band. */
  table: usize;
  band: usize;
  panels: usize;
}

/** Fills `frame.panels` for `conv2d` from w [k,k,in,out] and b. */
export function packFilters(frame: ConvFrame, w: usize, b: usize): void {
  const outChannels = frame.outChannels;
  const rows = frame.kernel * frame.kernel * frame.inChannels;
  const bytes = panelBytes(rows);
  packBias(b, outChannels, frame.panels, bytes);
  packRows(w, rows, outChannels, outChannels, 1, frame.panels, bytes, 0);
}

/**
 * y = conv(concatenation of the sources) + b, then ReLU if the frame asks for it: lines `first` to `last - 1` of y, the
 * rows of all images counted on, and its channels `left` to `right - 1`, `left` a multiple of CHANNELS.
 */
export function conv2d(frame: ConvFrame, y: usize, first: i32, last: i32, left: i32, right: i32): void {
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const height = frame.height;
  const panels = frame.panels + panelsOf(left) * panelBytes(frame.kernel * frame.kernel * inChannels);
  for (let line = first; line < last; ) {
    const n = line / height;
    const top = line % height;
    const images = imagesOfBand(line, last, height, frame.bandImages);
    const rows = min(frame.bandRows, min(height - top, last - line));
    let offset = 0;
    for (let k = 0; k < frame.sources; k++) {
      const channels = tensorChannels(frame, k);
      padBand(frame, tensorAddress(frame, k), channels, inChannels, offset, n, images, top, rows);
      offset += channels;
    }
    const at = y + ((<usize>(line * frame.width * outChannels + left)) << 2);
    multiplyBand(frame, inChannels, images, rows, panels, right - left, outChannels, frame.relu !== 0, at);
    line += images * rows;
  }
}

/** Fills `frame.panels` for `conv2dGradInput`: the kernel rotated and transposed, for each source in turn. */
export function packFiltersTransposed(frame: ConvFrame, w: usize): void {
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const taps = frame.kernel * frame.kernel;
  const bytes = panelBytes(taps * outChannels);
  let panels = frame.panels;
  let offset = 0;
  for (let k = 0; k < frame.sources; k++) {
    const channels = tensorChannels(frame, k);
    packBias(0, channels, panels, bytes);
    for (let t = 0; t < taps; t++) {
      const from = w + ((<usize>(((taps - 1 - t) * inChannels + offset) * outChannels)) << 2);
      packRows(from, outChannels, channels, 1, outChannels, panels, bytes, t * outChannels);
    }
    panels += panelsOf(channels) * bytes;
    offset += channels;
  }
}

/** The gradient of each source from dy: the convolution of dy with the rotated, transposed kernel. */
export function conv2dGradInput(frame: ConvFrame, dy: usize): void {
  const outChannels = frame.outChannels;
  const height = frame.height;
  const width = frame.width;
  const bytes = panelBytes(frame.kernel * frame.kernel * outChannels);
  for (let n = 0; n < frame.batch; n += frame.bandImages) {
    const images = min(frame.bandImages, frame.batch - n);
    for (let top = 0; top < height; top += frame.bandRows) {
      const bandRows = min(frame.bandRows, height - top);
      padBand(frame, dy, outChannels, outChannels, 0, n, images, top, bandRows);
      let panels = frame.panels;
      for (let k = 0; k < frame.sources; k++) {
        const channels = tensorChannels(frame, k);
        const at = tensorAddress(frame, k) + ((<usize>((n * height + top) * width * channels)) << 2);
        multiplyBand(frame, outChannels, images, bandRows, panels, channels, channels, false, at);
        panels += panelsOf(channels) * bytes;
      }
    }
  }
}

/** The gradients of w and b from the sources and dy. */
export function conv2dGradWeight(frame: ConvFrame, dy: usize, dw: usize, db: usize): void {
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const kernel = frame.kernel;
  const height = frame.height;
  const width = frame.width;
  columnSums(dy, frame.batch * height, width, outChannels, db);
  memory.fill(dw, 0, (<usize>(kernel * kernel * inChannels * outChannels)) << 2);
  for (let n = 0; n < frame.batch; n += frame.bandImages) {
    const images = min(frame.bandImages, frame.batch - n);
    for (let top = 0; top < height; top += frame.bandRows) {
      const bandRows = min(frame.bandRows, height - top);
      const pixels = images * bandRows * width;
      for (let i = 0; i < images; i++) {
        const from = dy + ((<usize>(((n + i) * height + top) * width * outChannels)) << 2);
        const count = bandRows * width;
        packPanels(from, (<usize>outChannels) << 2, count, outChannels, frame.panels, (<usize>pixels) << 5, i * count);
      }
      let offset = 0;
      for (let k = 0; k < frame.sources; k++) {
        const channels = tensorChannels(frame, k);
        padBlocks(frame, tensorAddress(frame, k), channels, n, images, top, bandRows);
        const at = dw + ((<usize>(offset * outChannels)) << 2);
        addBand(frame, channels, images, bandRows, at);
        offset += channels;
      }
    }
  }
}

/** Panels of a matrix of `columns` columns. */
function panelsOf(columns: i32): usize {
  return (columns + CHANNELS - 1) / CHANNELS;
}

/**
 * Copies rows `top` to `top + rows - 1` of `images` images, with the rows and columns around them that the kernel
 * needs (zeros beyond the image), to the band: pixels of `stride` elements, this source's from element `offset` on.
 */
function padBand(
  frame: ConvFrame,
  from: usize,
  channels: i32,
  stride: i32,
  offset: i32,
  first: i32,
  images: i32,
  top: i32,
  rows: i32,
): void {
  const height = frame.height;
  const width = frame.width;
  const pad = frame.kernel >> 1;
  const fromStride = (<usize>channels) << 2;
  const toStride = (<usize>stride) << 2;
  const rowBytes = <usize>(width + 2 * pad) * toStride;
  let to = frame.band;
  for (let n = first; n < first + images; n++) {
    for (let y = top - pad; y < top + rows + pad; y++, to += rowBytes) {
      if (y < 0 || y >= height) {
        memory.fill(to, 0, rowBytes);
        continue;
      }
      if (pad) {
        memory.fill(to, 0, toStride);
        memory.fill(to + rowBytes - toStride, 0, toStride);
      }
      const row = from + <usize>((n * height + y) * width) * fromStride;
      copyPixels(row, fromStride, to + <usize>pad * toStride + ((<usize>offset) << 2), toStride, width, channels);
    }
  }
}

/** Convolves the padded band of `channels` channels with the panels of `columns` columns, a part of `stride` channels. */
function multiplyBand(
  frame: ConvFrame,
  channels: i32,
  images: i32,
  rows: i32,
  panels: usize,
  columns: i32,
  stride: i32,
  relu: bool,
  y: usize,
): void {
  const width = frame.width;
  const kernel = frame.kernel;
  const padded = width + kernel - 1;
  const inPixel = channels << 2;
  const inRow = padded * inPixel;
  const outPixel = stride << 2;
  const outRow = width * outPixel;
  const table = frame.table;
  pixelOffsets(table + TILE_BYTES, images, rows, width, inPixel, inRow, (rows + kernel - 1) * inRow, PIXELS);
  const pixels = pixelOffsets(
    table + TILE_BYTES + 4,
    images,
    rows,
    width,
    outPixel,
    outRow,
    frame.height * outRow,
    PIXELS,
  );
  gemm(table, pixels, frame.band, kernel, inRow, kernel * channels, panels, columns, relu, y);
}

/** The padded band in blocks of ROWS channels. */
function padBlocks(frame: ConvFrame, from: usize, channels: i32, first: i32, images: i32, top: i32, rows: i32): void {
  const height = frame.height;
  const width = frame.width;
  const pad = frame.kernel >> 1;
  const stride = (<usize>channels) << 2;
  const rowBytes = (<usize>(width + 2 * pad)) << 4;
  const blockBytes = <usize>(images * (rows + 2 * pad)) * rowBytes;
  const blocks = (channels + ROWS - 1) / ROWS;
  let to = frame.band;
  if (pad) memory.fill(to, 0, <usize>blocks * blockBytes);
  for (let n = first; n < first + images; n++) {
    for (let y = top - pad; y < top + rows + pad; y++, to += rowBytes) {
      if (y < 0 || y >= height) continue;
      const row = from + <usize>((n * height + y) * width) * stride;
      packBlocks4(row, stride, width, channels, to + ((<usize>pad) << 4), blockBytes);
    }
  }
}

/** Adds the band's part to the weight gradient of one source, which begins at `dw`. */
function addBand(frame: ConvFrame, channels: i32, images: i32, rows: i32, dw: usize): void {
  const width = frame.width;
  const kernel = frame.kernel;
  const outChannels = frame.outChannels;
  const inChannels = frame.inChannels;
  const padded = width + kernel - 1;
  const xRow = (<usize>padded) << 4;
  const xImage = <usize>(rows + kernel - 1) * xRow;
  const blockBytes = <usize>images * xImage;
  const dyBlock = (<usize>(images * rows * width)) << 5;
  const dwRow = (<usize>outChannels) << 2;
  const tap = <usize>inChannels * dwRow;
  for (let n = 0; n < outChannels; n += CHANNELS, dw += CHANNELS << 2) {
    const dy = panelOf(frame.panels, dyBlock, n, outChannels);
    const dyPixel = panelPixel(n, outChannels);
    const valid = min(CHANNELS, outChannels - n);
    for (let c = 0; c < channels; c += ROWS) {
      const block = frame.band + <usize>(c / ROWS) * blockBytes;
      const validRows = min(ROWS, channels - c);
      for (let ky = 0; ky < kernel; ky++) {
        for (let kx = 0; kx < kernel; kx++) {
          const x = block + <usize>ky * xRow + ((<usize>kx) << 4);
          const to = dw + <usize>(ky * kernel + kx) * tap + <usize>c * dwRow;
          outerTile(
            frame.table,
            x,
            VECTOR,
            xRow,
            xImage,
            dy,
            dyPixel,
            images,
            rows,
            width,
            to,
            dwRow,
            validRows,
            valid,
          );
        }
      }
    }
  }
}
