/** Products of the Winograd domain to pixels: A^T m A, bias and ReLU. */
import { tensorAddress, tensorChannels } from './frame';
import { copyPixels } from './pack';
import { CHANNELS } from './tiles';
import { coefficients, IN, OUT, tilesOf, tilesOfRun, touchRows, WinogradFrame } from './winograd-frame';
import { GROUP, outputPixels, POINTS } from './winograd-transforms';

/**
 * Writes channels `left` to `right - 1`, counted over all outputs, of `tiles` tiles from `first` on, with the bias b
 * (none where it is 0), then ReLU if the frame asks for it.
 */
export function winogradPixels(frame: WinogradFrame, b: usize, first: i32, tiles: i32, left: i32, right: i32): void {
  const k = coefficients(frame);
  let m = frame.products;
  let offset = 0;
  for (let output = frame.inputs; output < frame.inputs + frame.outputs; output++) {
    const y = tensorAddress(frame, output);
    const channels = tensorChannels(frame, output);
    pixelsOfOutput(frame, k, m, y, channels, max(0, left - offset), min(channels, right - offset), b, first, tiles);
    m += (<usize>channels) << 2;
    if (b) b += (<usize>channels) << 2;
    offset += channels;
  }
}

/** Channels `start` to `end - 1` of one output, whose products begin at `m`. */
function pixelsOfOutput(
  frame: WinogradFrame,
  k: usize,
  m: usize,
  y: usize,
  channels: i32,
  start: i32,
  end: i32,
  bias: usize,
  first: i32,
  tiles: i32,
): void {
  const height = frame.height;
  const width = frame.width;
  const across = tilesOf(width);
  const perImage = across * tilesOf(height);
  const stride = (<usize>frame.outChannels) << 2;
  const point = frame.productStride;
  const pixel = (<usize>channels) << 2;
  const tile = frame.tile;
  const whole = tile + <usize>POINTS * GROUP;
  const row = <usize>width * pixel;
  const run = tilesOfRun(pixel);
  const relu = frame.relu !== 0;
  for (let t = 0; t < tiles; t++, m += stride) {
    const n = (first + t) / perImage;
    const rest = (first + t) % perImage;
    const top = (rest / across) * OUT;
    const left = (rest % across) * OUT;
    if (t === 0 || (rest % across) % run === 0) {
      touchRows(k, y + <usize>(n * height) * row, height, width, pixel, top, OUT, left);
    }
    const rows = min(OUT, height - top);
    const columns = min(OUT, width - left);
    const image = y + <usize>((n * height + top) * width + left) * pixel;
    for (let channel = start; channel < end; channel += CHANNELS) {
      const c = (<usize>channel) << 2;
      outputPixels(k, IN, m + c, point, 6 * point, tile, GROUP, 6 * GROUP, 0, false);
      const from = bias ? bias + c : 0;
      if (columns === OUT) {
        outputPixels(k, rows, tile, 6 * GROUP, GROUP, image + c, row, pixel, from, relu);
      } else {
        // Whole lines, of which those within the image are copied.
        outputPixels(k, rows, tile, 6 * GROUP, GROUP, whole, <usize>OUT * GROUP, GROUP, from, relu);
        for (let r = 0; r < rows; r++) {
          copyPixels(whole + <usize>(r * OUT) * GROUP, GROUP, image + c + <usize>r * row, pixel, columns, CHANNELS);
        }
      }
    }
  }
}
