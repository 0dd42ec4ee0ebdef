/** Images of a batch as a network reads them: one after the other in one array. */
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
