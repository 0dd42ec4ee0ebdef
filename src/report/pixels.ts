/** What all pictures are made of: images in RGB, enlarged, blended with a colour, and the outlines of masks. */
import { InputError, invariant } from '../base/errors.js';
import type { Image } from '../image/image.js';
import { bandsOf, type ImageSource } from '../image/image-source.js';
import type { Colour } from './colours.js';

/**
 * Makes a picture of `image` to look at, in RGB with 8 bits. Bytes are shown as they are, floats as 0 = black to
 * 1 = white. 16-bit images and floats beyond 0..1 are stretched from their least to their greatest value, as scanners
 * seldom use the whole range; `range` gives other values for black and white. Three channels are colours; with any other
 * number the first is shown in grey.
 */
export function toRgb(image: Image, range = displayRange(image.data)): Image<Uint8Array> {
  const { width, height, channels, data } = image;
  const isColour = channels === 3;
  const [low, high] = range;
  const gain = high > low ? 255 / (high - low) : 0;
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < rgb.length; i++) {
    const pixel = Math.floor(i / 3);
    const value = (data[pixel * channels + (isColour ? i % 3 : 0)]! - low) * gain;
    rgb[i] = Math.round(Math.min(255, Math.max(0, value))); // NaN becomes 0
  }
  return { width, height, channels: 3, data: rgb };
}

/** The values of an image that is read which `toRgb` shows as black and white. */
export async function readDisplayRange(source: ImageSource): Promise<[number, number]> {
  const extents: number[] = [];
  let range: [number, number] = [0, 255];
  for await (const { band } of bandsOf(source)) {
    if (band.data instanceof Uint8Array) break;
    extents.push(...extent(band.data));
    range = shownRange(band.data, extent(extents));
  }
  return range;
}

function displayRange(data: Image['data']): [number, number] {
  return data instanceof Uint8Array ? [0, 255] : shownRange(data, extent(data));
}

function shownRange(data: Image['data'], [low, high]: [number, number]): [number, number] {
  return data instanceof Float32Array && low >= 0 && high <= 1 ? [0, 1] : [low, high];
}

/** Returns the least and the greatest value. */
export function extent(data: Iterable<number>): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Enlarges an image: every pixel becomes a square of `scale` x `scale`, a whole number. */
export function enlarge(image: Image<Uint8Array>, scale: number): Image<Uint8Array> {
  invariant(Number.isInteger(scale) && scale > 0, `enlarge: scale ${scale} is not a whole number`);
  if (scale === 1) return image;
  const width = image.width * scale;
  const height = image.height * scale;
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / scale) * image.width;
    for (let x = 0; x < width; x++) {
      const from = (row + Math.floor(x / scale)) * channels;
      for (let c = 0; c < channels; c++) data[at++] = image.data[from + c]!;
    }
  }
  return { width, height, channels, data };
}

/**
 * The pixels of a mask (not 0 = inside) that are at most `thickness` steps along rows and columns from the outside, as 0 or
 * 1. What lies beyond the image's edge counts as outside, so that every outline is closed.
 */
export function outline({ width, height, data }: Image<Uint8Array>, thickness = 1): Uint8Array {
  // How many steps it is from each pixel: first to the outside above or left of it, then to all.
  const steps = new Uint16Array(data.length);
  const most = thickness + 1;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!data[i]) continue;
      const [left, above] = [x > 0 ? steps[i - 1]! : 0, y > 0 ? steps[i - width]! : 0];
      steps[i] = Math.min(most, left + 1, above + 1);
    }
  }
  const edge = new Uint8Array(data.length);
  for (let y = height - 1, i = data.length - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--, i--) {
      if (!data[i]) continue;
      const [right, below] = [x < width - 1 ? steps[i + 1]! : 0, y < height - 1 ? steps[i + width]! : 0];
      steps[i] = Math.min(steps[i]!, right + 1, below + 1);
      edge[i] = Number(steps[i]! <= thickness);
    }
  }
  return edge;
}

/** Mixes `colour` into pixel `i` of an RGB image: opacity 0 leaves the pixel, 1 replaces it. */
export function blend(rgb: Uint8Array, i: number, colour: Colour, opacity: number): void {
  for (let c = 0; c < 3; c++) {
    const below = rgb[3 * i + c]!;
    rgb[3 * i + c] = Math.round(below + (colour[c]! - below) * opacity);
  }
}

/** @throws InputError unless `image` and `mask` have the same size and the mask has one channel */
export function checkMask(op: string, image: Omit<Image, 'data'>, mask: Image): void {
  if (mask.width === image.width && mask.height === image.height && mask.channels === 1) return;
  throw new InputError(
    `${op}: expected a mask of the image's size and one channel (${image.width}x${image.height}x1), ` +
      `found ${mask.width}x${mask.height}x${mask.channels}; resize the mask or give its own image`,
  );
}
