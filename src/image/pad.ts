/** Padding by reflection, so that a network can halve the sides of an image as often as it must, and the way back. */
import { roundUp } from '../base/multiples.js';
import { emptyLike } from './channels.js';
import type { Image, ImageData } from './image.js';

/** An image that was made larger, and where the first pixel of the original lies in it. */
export interface Padded<T extends ImageData> {
  readonly image: Image<T>;
  readonly x: number;
  readonly y: number;
}

/**
 * Pads to the next multiple of `multiple` on both axes, evenly on both sides (the odd pixel goes right and below), by
 * reflection that does not repeat the edge, as PyTorch's `pad(mode='reflect')`. Where the padding is wider than the
 * image, the reflection goes back and forth; a side of one pixel is repeated. Nothing to pad: the image itself.
 */
export function padReflect<T extends ImageData>(image: Image<T>, multiple: number): Padded<T> {
  const { width, height, x, y } = paddedFrame(image, multiple);
  return { image: placed(image, width, height, x, y), x, y };
}

/** The size to which `padReflect` pads an image of this size, and where the first pixel of the original lies. */
export function paddedFrame(
  { width, height }: Pick<Image, 'width' | 'height'>,
  multiple: number,
): Pick<Image, 'width' | 'height'> & Omit<Padded<ImageData>, 'image'> {
  const [wide, high] = [roundUp(width, multiple), roundUp(height, multiple)];
  return { width: wide, height: high, x: Math.floor((wide - width) / 2), y: Math.floor((high - height) / 2) };
}

/** Cuts the original's rectangle, `width` x `height`, out of an image padded like `padded`: the network's answer to it. */
export function cropBack<T extends ImageData>(
  image: Image<T>,
  { x, y }: { readonly x: number; readonly y: number },
  width: number,
  height: number,
): Image<T> {
  return placed(image, width, height, -x, -y);
}

/**
 * Lays an image into a frame of `width` x `height` with its first pixel at (x, y), which may lie outside: pixel (u, v) of
 * the result is pixel (u - x, v - y) of the image, reflected into it.
 */
export function placed<T extends ImageData>(
  image: Image<T>,
  width: number,
  height: number,
  x: number,
  y: number,
): Image<T> {
  const { channels } = image;
  if (width === image.width && height === image.height && x === 0 && y === 0) return image;
  const data = emptyLike(image.data, width * height * channels);
  const columns = Array.from({ length: width }, (_, u) => reflect(u - x, image.width));
  let at = 0;
  for (let v = 0; v < height; v++) {
    const row = reflect(v - y, image.height) * image.width;
    for (const column of columns) {
      const from = (row + column) * channels;
      for (let c = 0; c < channels; c++) data[at++] = image.data[from + c]!;
    }
  }
  return { width, height, channels, data };
}

/** The positions of 0..n-1 that `reflect` gives for those from `start` up to `end`, which reach into 0..n-1: from, and up to. */
export function reflected(start: number, end: number, n: number): readonly [from: number, to: number] {
  const [before, behind] = [Math.max(0, -start), Math.max(0, end - n)];
  if (before > 0 && behind > 0) return [0, n];
  const from = behind > 0 ? Math.min(start, n - 1 - behind) : start;
  const to = before > 0 ? Math.max(end, before + 1) : end;
  return [Math.max(0, from), Math.min(n, to)];
}

/** Position `i`, left or right of 0..n-1 and also between pixels, mirrored at 0 and n-1 as often as it takes. */
export function reflect(i: number, n: number): number {
  if (i >= 0 && i <= n - 1) return i;
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const turn = ((i % period) + period) % period;
  return turn < n - 1 ? turn : period - turn;
}
