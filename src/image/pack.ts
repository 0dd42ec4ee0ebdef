/** Images as arrays that others read: those of a batch one after the other, or the channels of one. */
import { invariant } from '../base/errors.js';
import { emptyLike } from './channels.js';
import type { Image, ImageData } from './image.js';

/** Packs images of one size, [H,W,C] each, into one array [N,H,W,C] of the same sample type. */
export function pack<T extends ImageData>(images: readonly Image<T>[]): T {
  const { data } = images[0]!;
  const packed = emptyLike(data, images.length * data.length);
  images.forEach((image, k) => {
    invariant(image.data.length === data.length, 'images of different sizes in one batch');
    packed.set(image.data, k * data.length);
  });
  return packed;
}

/**
 * The channels of an image one after the other, [C,H,W].
 * @param target where they go; by default a new array
 */
export function toPlanes<T extends ImageData>(
  { width, height, channels, data }: Image<T>,
  target: T = emptyLike(data, data.length),
): T {
  const pixels = width * height;
  for (let c = 0; c < channels; c++) for (let i = 0; i < pixels; i++) target[c * pixels + i] = data[i * channels + c]!;
  return target;
}

/** The image whose channels lie one after the other, [C,H,W]: the way back from `toPlanes`. */
export function fromPlanes<T extends ImageData>(
  planes: T,
  { width, height }: Pick<Image, 'width' | 'height'>,
): Image<T> {
  const pixels = width * height;
  const channels = planes.length / pixels;
  invariant(Number.isInteger(channels), `${planes.length} values as planes of ${width}x${height}`);
  const data = emptyLike(planes, planes.length);
  for (let c = 0; c < channels; c++) for (let i = 0; i < pixels; i++) data[i * channels + c] = planes[c * pixels + i]!;
  return { width, height, channels, data };
}
