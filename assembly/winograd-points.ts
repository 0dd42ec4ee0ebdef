/**
 * Images to points of the Winograd domain: the tiles of the inputs, B^T d B, and those of a gradient, A dY A^T. Tiles
 * are counted over all images; where one reaches over the border of its image, it is zero there.
 */
import { tensorAddress, tensorChannels } from './frame';
import { CHANNELS } from './tiles';
import { coefficients, IN, OUT, streamAt, tilesOf, tilesOfRun, touchRows, WinogradFrame } from './winograd-frame';
import { GROUP, gradientPoints, inputPoints, rowStep } from './winograd-transforms';

/** Fills `frame.points` from the inputs: `tiles` tiles from `first` on. */
export function winogradPoints(frame: WinogradFrame, first: i32, tiles: i32): void {
  const k = coefficients(frame);
  memory.fill(frame.zeros, 0, (<usize>(IN * frame.inChannels)) << 2);
  let offset = 0;
  for (let input = 0; input < frame.inputs; input++) {
    const channels = tensorChannels(frame, input);
    pointsOfInput(frame, k, tensorAddress(frame, input), channels, offset, first, tiles);
    offset += channels;
  }
}

/** The channels of one input, those from `offset` on of all. */
function pointsOfInput(
  frame: WinogradFrame,
  k: usize,
  x: usize,
  channels: i32,
  offset: i32,
  first: i32,
  tiles: i32,
): void {
  const height = frame.height;
  const width = frame.width;
  const across = tilesOf(width);
  const perImage = across * tilesOf(height);
  const all = frame.inChannels;
  const pixel = (<usize>channels) << 2;
  const row = <usize>width * pixel;
  const tile = frame.tile;
  const zeros = frame.zeros;
  const point = frame.pointStride;
  const run = tilesOfRun(pixel);
  for (let t = 0; t < tiles; t++) {
    const n = (first + t) / perImage;
    const rest = (first + t) % perImage;
    const top = (rest / across) * OUT - 1;
    const left = (rest % across) * OUT - 1;
    if (t === 0 || (rest % across) % run === 0) {
      touchRows(k, x + <usize>(n * height) * row, height, width, pixel, top, IN, left);
    }
    const most = min(IN, width - left);
    const least = left < 0 ? 1 : 0;
    for (let column = 0; column < least; column++) clearColumn(tile, column, 6 * GROUP);
    for (let column = most; column < IN; column++) clearColumn(tile, column, 6 * GROUP);
    const from = x + <usize>(n * height + top) * row + <usize>(left + least) * pixel;
    let d0 = top < 0 ? zeros : from;
    let d1 = from + row;
    let d2 = top + 2 < height ? from + 2 * row : zeros;
    let d3 = top + 3 < height ? from + 3 * row : zeros;
    let d4 = top + 4 < height ? from + 4 * row : zeros;
    let d5 = top + 5 < height ? from + 5 * row : zeros;
    const columns = tile + <usize>least * GROUP;
    for (let c = 0; c < channels; c += CHANNELS) {
      inputPoints(k, most - least, d0, d1, d2, d3, d4, d5, pixel, columns, GROUP, rowStep(k));
      const v = frame.stream
        ? streamAt(frame, frame.points, offset + c, all, t)
        : frame.points + ((<usize>(t * all + offset + c)) << 2);
      inputPoints(
        k,
        IN,
        tile,
        tile + GROUP,
        tile + 2 * GROUP,
        tile + 3 * GROUP,
        tile + 4 * GROUP,
        tile + 5 * GROUP,
        6 * GROUP,
        v,
        6 * point,
        point,
      );
      d0 += GROUP;
      d1 += GROUP;
      d2 += GROUP;
      d3 += GROUP;
      d4 += GROUP;
      d5 += GROUP;
    }
  }
}

/** The six points of a column of zeros, which lie `step` bytes apart. */
function clearColumn(tile: usize, column: i32, step: usize): void {
  const zero = f32x4.splat(0);
  let to = tile + <usize>column * GROUP;
  for (let p = 0; p < IN; p++, to += step) {
    v128.store(to, zero);
    v128.store(to, zero, 16);
  }
}

/** Fills `frame.products` from dy: streams of `tiles` tiles from `first` on. */
export function winogradGradientPoints(frame: WinogradFrame, dy: usize, first: i32, tiles: i32): void {
  const k = coefficients(frame);
  const height = frame.height;
  const width = frame.width;
  const across = tilesOf(width);
  const perImage = across * tilesOf(height);
  const channels = frame.outChannels;
  const pixel = (<usize>channels) << 2;
  const row = <usize>width * pixel;
  const tile = frame.tile;
  const zeros = frame.zeros;
  const point = frame.productStride;
  const run = tilesOfRun(pixel);
  memory.fill(zeros, 0, <usize>OUT * pixel);
  for (let t = 0; t < tiles; t++) {
    const n = (first + t) / perImage;
    const rest = (first + t) % perImage;
    const top = (rest / across) * OUT;
    const left = (rest % across) * OUT;
    if (t === 0 || (rest % across) % run === 0) {
      touchRows(k, dy + <usize>(n * height) * row, height, width, pixel, top, OUT, left);
    }
    const columns = min(OUT, width - left);
    for (let column = columns; column < OUT; column++) clearColumn(tile, column, 4 * GROUP);
    const from = dy + <usize>(n * height + top) * row + <usize>left * pixel;
    let y0 = from;
    let y1 = top + 1 < height ? from + row : zeros;
    let y2 = top + 2 < height ? from + 2 * row : zeros;
    let y3 = top + 3 < height ? from + 3 * row : zeros;
    for (let c = 0; c < channels; c += CHANNELS) {
      gradientPoints(k, columns, y0, y1, y2, y3, pixel, tile, GROUP, 4 * GROUP);
      const m = streamAt(frame, frame.products, c, channels, t);
      gradientPoints(k, IN, tile, tile + GROUP, tile + 2 * GROUP, tile + 3 * GROUP, 4 * GROUP, m, 6 * point, point);
      y0 += GROUP;
      y1 += GROUP;
      y2 += GROUP;
      y3 += GROUP;
    }
  }
}
