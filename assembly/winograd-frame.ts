/** What the kernels of the Winograd domain have in common: the frame, and where things lie in its buffers. */
import { panelOf, panelPixel } from './pack';
import { GROUP, POINTS, SCRATCH, storeCoefficients } from './winograd-transforms';

/** Outputs and inputs of a tile, a side. */
export const OUT: i32 = 4;
export const IN: i32 = 6;

/** See frame.ts; the tensors are the inputs first, then the outputs. */
@unmanaged
export class WinogradFrame {
  batch: i32;
  height: i32;
  width: i32;
  /** All channels, multiples of 8 like those of each input and output. */
  inChannels: i32;
  outChannels: i32;
  relu: i32;
  /** How many tensors follow of each kind. */
  inputs: i32;
  outputs: i32;
  /** Buffers of 36 parts: filters in panels; the points of a block of tiles, and their products or gradients. */
  filters: usize;
  points: usize;
  products: usize;
  /** Bytes from a part of each to the next. */
  filterStride: usize;
  pointStride: usize;
  productStride: usize;
  /**
   * 0 where all channels of a tile lie together; else points and gradients lie in panels, in which the tiles of a block
   * follow each other, and this is the bytes of CHANNELS channels.
   */
  stream: usize;
  /** Zeros: a row of a tile outside of the image, with the most channels of an input or output. */
  zeros: usize;
  /** 52 groups, where a tile lies between its two transforms, and the coefficients. */
  tile: usize;
}

/** Fills the coefficients of the transforms. Returns where they are. */
export function coefficients(frame: WinogradFrame): usize {
  const to = frame.tile + <usize>(POINTS + OUT * OUT) * GROUP;
  storeCoefficients(to);
  return to;
}

/** The first point of CHANNELS channels from `c` on, of `channels`, of tile `t`, in streams that begin at `from`. */
export function streamAt(frame: WinogradFrame, from: usize, c: i32, channels: i32, t: i32): usize {
  return panelOf(from, frame.stream, c, channels) + <usize>t * panelPixel(c, channels);
}

/** The first point of the filters from channel `c` to CHANNELS channels from `o` on. */
export function filterAt(frame: WinogradFrame, c: i32, o: i32): usize {
  const outChannels = frame.outChannels;
  const bytes = <usize>frame.inChannels * GROUP;
  return panelOf(frame.filters, bytes, o, outChannels) + <usize>c * panelPixel(o, outChannels);
}

/** Tiles that cover a length. */
export function tilesOf(length: i32): i32 {
  return (length + OUT - 1) / OUT;
}

/** Bytes of a row that are touched at once. */
const RUN: i32 = 16384;

/**
 * Brings what the tiles of the next columns will read or write into the second-level cache: `rows` rows of an image from
 * `top` on, from column `left` on. Reading it in one stream lets the processor fetch ahead, which it cannot where six
 * rows are read by turns, a few pixels of each.
 */
export function touchRows(
  k: usize,
  image: usize,
  height: i32,
  width: i32,
  pixel: usize,
  top: i32,
  rows: i32,
  left: i32,
): void {
  const from = max(0, left);
  const bytes = min(<usize>(width - from) * pixel, <usize>RUN);
  let all = f32x4.splat(0);
  for (let y = max(0, top); y < min(height, top + rows); y++) {
    let at = image + <usize>(y * width + from) * pixel;
    for (const end = at + bytes; at < end; at += 64) all = v128.or(all, v128.load(at));
  }
  v128.store(k, all, SCRATCH);
}

/** Tiles between two touches. */
export function tilesOfRun(pixel: usize): i32 {
  return max(1, RUN / (OUT * <i32>pixel));
}
