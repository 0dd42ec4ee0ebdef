/**
 * 3x3 'same' convolution in the Winograd domain (winograd-transforms.ts), all three passes: the input's tiles become
 * 36 points, each point is a matrix product of its own over the channels, and the products become output pixels. The
 * work goes in blocks of tiles, counted over all images, so that small images fill a block together and the workspace
 * does not grow with the image.
 */
import { tensorAddress, tensorChannels } from './frame';
import { columnSums } from './outer';
import { CHANNELS } from './tiles';
import { addProducts, multiply } from './winograd-products';
import {
  filterPoints,
  GROUP,
  gradientPoints,
  gradientTaps,
  inputPoints,
  outputPixels,
  POINTS,
} from './winograd-transforms';

/** Outputs and inputs of a tile, a side. */
const OUT: i32 = 4;
const IN: i32 = 6;

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
  /** Tiles of a block, a multiple of PIXELS. */
  block: i32;
  /** Buffers: 36 x inChannels x outChannels; 36 x block x inChannels; 36 x block x outChannels. */
  filters: usize;
  points: usize;
  products: usize;
  /** 36 x the most channels of an input or output; 52 groups, where a tile lies between its two transforms. */
  patch: usize;
  tile: usize;
}

/** Fills `frame.filters` for the forward pass from w [3,3,in,out]. */
export function winogradFilters(frame: WinogradFrame, w: usize): void {
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const tap = (<usize>(inChannels * outChannels)) << 2;
  for (let o = 0; o < outChannels; o += CHANNELS) {
    for (let c = 0; c < inChannels; c++) {
      const from = w + ((<usize>(c * outChannels + o)) << 2);
      filterTile(frame, from, tap, frame.filters + ((<usize>(o * inChannels + c * CHANNELS)) << 2), tap);
    }
  }
}

/** Fills `frame.filters` for the data gradient from w [3,3,out,in] as the frame counts channels: rotated, transposed. */
export function winogradFiltersTransposed(frame: WinogradFrame, w: usize): void {
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const tap = (<usize>(inChannels * outChannels)) << 2;
  const column = (<usize>inChannels) << 2;
  for (let o = 0; o < outChannels; o += CHANNELS) {
    for (let c = 0; c < inChannels; c++) {
      for (let t = 0; t < 9; t++) {
        let from = w + <usize>(8 - t) * tap + ((<usize>(o * inChannels + c)) << 2);
        const to = frame.patch + <usize>t * GROUP;
        for (let lane = 0; lane < CHANNELS; lane++, from += column)
          store<f32>(to + ((<usize>lane) << 2), load<f32>(from));
      }
      filterTile(frame, frame.patch, GROUP, frame.filters + ((<usize>(o * inChannels + c * CHANNELS)) << 2), tap);
    }
  }
}

/** G g G^T of 8 filters whose taps lie `tap` bytes apart; points `point` bytes apart. */
function filterTile(frame: WinogradFrame, g: usize, tap: usize, u: usize, point: usize): void {
  const tile = frame.tile;
  filterPoints(3, g, tap, 3 * tap, tile, GROUP, 3 * GROUP);
  filterPoints(IN, tile, 3 * GROUP, GROUP, u, 6 * point, point);
}

/**
 * The outputs = conv(concatenation of the inputs) + b (none where b is 0), then ReLU if the frame asks for it: tiles
 * `start` to `end - 1`, counted over all images, and channels `left` to `right - 1`, counted over all outputs, both
 * multiples of CHANNELS.
 */
export function winogradConvolution(frame: WinogradFrame, b: usize, start: i32, end: i32, left: i32, right: i32): void {
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const block = frame.block;
  const pixel = (<usize>inChannels) << 2;
  const product = (<usize>outChannels) << 2;
  for (let first = start; first < end; first += block) {
    const tiles = min(block, end - first);
    pointsOfInputs(frame, first, tiles, pixel, GROUP);
    for (let p = 0; p < POINTS; p++) {
      const panels = frame.filters + <usize>(p * outChannels + left) * pixel;
      const points = frame.points + <usize>(p * block) * pixel;
      const products = frame.products + <usize>(p * block) * product + ((<usize>left) << 2);
      multiply(points, tiles, inChannels, panels, right - left, products, product);
    }
    let bias = b;
    let from = frame.products;
    let offset = 0;
    for (let k = frame.inputs; k < frame.inputs + frame.outputs; k++) {
      const channels = tensorChannels(frame, k);
      const least = max(0, left - offset);
      const most = min(channels, right - offset);
      pixelsOfProducts(frame, first, tiles, from, tensorAddress(frame, k), channels, least, most, bias);
      from += (<usize>channels) << 2;
      if (b) bias += (<usize>channels) << 2;
      offset += channels;
    }
  }
}

/**
 * The gradients of w [3,3,in,out] and b from the inputs and dy: `frame.filters` takes the sums of outer products, and
 * G^T . G brings them back.
 */
export function winogradGradWeight(frame: WinogradFrame, dy: usize, dw: usize, db: usize): void {
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const block = frame.block;
  columnSums(dy, frame.batch * frame.height, frame.width, outChannels, db);
  const tap = (<usize>(inChannels * outChannels)) << 2;
  memory.fill(frame.filters, 0, <usize>POINTS * tap);
  const total = frame.batch * tilesOf(frame.height) * tilesOf(frame.width);
  const stream = <usize>block * GROUP;
  for (let first = 0; first < total; first += block) {
    const tiles = min(block, total - first);
    pointsOfInputs(frame, first, tiles, GROUP, stream);
    pointsOfGradient(frame, first, tiles, dy, stream);
    for (let p = 0; p < POINTS; p++) {
      const du = frame.filters + <usize>p * tap;
      const points = frame.points + <usize>(p * inChannels) * (stream >> 3);
      const gradients = frame.products + <usize>(p * outChannels) * (stream >> 3);
      addProducts(frame.tile, points, inChannels, gradients, outChannels, tiles, stream, du);
    }
  }
  const tile = frame.tile;
  for (let c = 0; c < inChannels; c++) {
    for (let o = 0; o < outChannels; o += CHANNELS) {
      const at = (<usize>(c * outChannels + o)) << 2;
      gradientTaps(IN, frame.filters + at, tap, 6 * tap, tile, GROUP, 6 * GROUP);
      gradientTaps(3, tile, 6 * GROUP, GROUP, dw + at, 3 * tap, tap);
    }
  }
}

function tilesOf(length: i32): i32 {
  return (length + OUT - 1) / OUT;
}

/**
 * B^T d B of `tiles` tiles from `first` on: a tile's groups lie `group` bytes apart, tiles `stride` bytes, and points a
 * whole block of all channels.
 */
function pointsOfInputs(frame: WinogradFrame, first: i32, tiles: i32, stride: usize, group: usize): void {
  const height = frame.height;
  const width = frame.width;
  const across = tilesOf(width);
  const perImage = across * tilesOf(height);
  const point = (<usize>(frame.block * frame.inChannels)) << 2;
  let to = frame.points;
  for (let k = 0; k < frame.inputs; k++) {
    const x = tensorAddress(frame, k);
    const channels = tensorChannels(frame, k);
    const groups = channels >> 3;
    const pixel = (<usize>channels) << 2;
    for (let t = 0; t < tiles; t++) {
      const n = (first + t) / perImage;
      const rest = (first + t) % perImage;
      const top = (rest / across) * OUT - 1;
      const left = (rest % across) * OUT - 1;
      let from = x + <usize>((n * height + top) * width + left) * pixel;
      let row = <usize>width * pixel;
      if (top < 0 || left < 0 || top + IN > height || left + IN > width) {
        copyPatch(frame.patch, IN, x + <usize>(n * height * width) * pixel, height, width, pixel, top, left);
        from = frame.patch;
        row = <usize>IN * pixel;
      }
      inputTile(frame.tile, from, row, pixel, groups, to + <usize>t * stride, point, group);
    }
    to += <usize>groups * group;
  }
}

/** The window of `side` x `side` pixels at (top, left), zeros outside the image. */
function copyPatch(
  patch: usize,
  side: i32,
  image: usize,
  height: i32,
  width: i32,
  pixel: usize,
  top: i32,
  left: i32,
): void {
  for (let y = top; y < top + side; y++) {
    for (let x = left; x < left + side; x++, patch += pixel) {
      if (y < 0 || y >= height || x < 0 || x >= width) memory.fill(patch, 0, pixel);
      else memory.copy(patch, image + <usize>(y * width + x) * pixel, pixel);
    }
  }
}

/** B^T d B of one tile. */
function inputTile(
  tile: usize,
  d: usize,
  row: usize,
  pixel: usize,
  groups: i32,
  v: usize,
  point: usize,
  group: usize,
): void {
  for (let c = 0; c < groups; c++, d += GROUP, v += group) {
    inputPoints(IN, d, pixel, row, tile, GROUP, 6 * GROUP);
    inputPoints(IN, tile, 6 * GROUP, GROUP, v, 6 * point, point);
  }
}

/** A dY A^T of `tiles` tiles: streams of tiles, one for each point and group. */
function pointsOfGradient(frame: WinogradFrame, first: i32, tiles: i32, dy: usize, stream: usize): void {
  const height = frame.height;
  const width = frame.width;
  const across = tilesOf(width);
  const perImage = across * tilesOf(height);
  const channels = frame.outChannels;
  const pixel = (<usize>channels) << 2;
  const point = <usize>(channels >> 3) * stream;
  const tile = frame.tile;
  for (let t = 0; t < tiles; t++) {
    const n = (first + t) / perImage;
    const rest = (first + t) % perImage;
    const top = (rest / across) * OUT;
    const left = (rest % across) * OUT;
    let from = dy + <usize>((n * height + top) * width + left) * pixel;
    let row = <usize>width * pixel;
    if (top + OUT > height || left + OUT > width) {
      copyPatch(frame.patch, OUT, dy + <usize>(n * height * width) * pixel, height, width, pixel, top, left);
      from = frame.patch;
      row = <usize>OUT * pixel;
    }
    let to = frame.products + <usize>t * GROUP;
    for (let c = 0; c < channels; c += CHANNELS, from += GROUP, to += stream) {
      gradientPoints(OUT, from, pixel, row, tile, GROUP, 4 * GROUP);
      gradientPoints(IN, tile, 4 * GROUP, GROUP, to, 6 * point, point);
    }
  }
}

/** A^T m A of `tiles` tiles into channels `start` to `end - 1` of one output; its products begin at `m`. */
function pixelsOfProducts(
  frame: WinogradFrame,
  first: i32,
  tiles: i32,
  m: usize,
  y: usize,
  channels: i32,
  start: i32,
  end: i32,
  bias: usize,
): void {
  const height = frame.height;
  const width = frame.width;
  const across = tilesOf(width);
  const perImage = across * tilesOf(height);
  const stride = (<usize>frame.outChannels) << 2;
  const point = <usize>frame.block * stride;
  const pixel = (<usize>channels) << 2;
  const tile = frame.tile;
  const pixels = tile + <usize>POINTS * GROUP;
  const relu = frame.relu !== 0;
  for (let t = 0; t < tiles; t++, m += stride) {
    const n = (first + t) / perImage;
    const rest = (first + t) % perImage;
    const top = (rest / across) * OUT;
    const left = (rest % across) * OUT;
    const rows = min(OUT, height - top);
    const columns = min(OUT, width - left);
    const image = y + <usize>((n * height + top) * width + left) * pixel;
    for (let channel = start; channel < end; channel += CHANNELS) {
      const c = (<usize>channel) << 2;
      outputPixels(IN, m + c, point, 6 * point, tile, GROUP, 6 * GROUP);
      outputPixels(rows, tile, 6 * GROUP, GROUP, pixels, 4 * GROUP, GROUP);
      let low = f32x4.splat(0);
      let high = low;
      if (bias) {
        low = v128.load(bias + c);
        high = v128.load(bias + c, 16);
      }
      let to = image + c;
      for (let r = 0; r < rows; r++, to += <usize>width * pixel) {
        storePixels(pixels + <usize>(OUT * r) * GROUP, columns, low, high, relu, to, pixel);
      }
    }
  }
}

/** Bias and ReLU, then `count` groups to pixels `pixel` bytes apart. */
function storePixels(from: usize, count: i32, low: v128, high: v128, relu: bool, to: usize, pixel: usize): void {
  const zero = f32x4.splat(0);
  for (let x = 0; x < count; x++, from += GROUP, to += pixel) {
    let a = f32x4.add(v128.load(from), low);
    let b = f32x4.add(v128.load(from, 16), high);
    if (relu) {
      a = f32x4.pmax(a, zero);
      b = f32x4.pmax(b, zero);
    }
    v128.store(to, a);
    v128.store(to, b, 16);
  }
}
