/** The picture by which a package is shown in lists: an image, and beside it the same with its mask. */
import type { Image } from '../../image/image.js';
import { resizeImage } from '../../image/resize.js';
import { Canvas } from '../../report/canvas.js';
import { BACKGROUND } from '../../report/colours.js';
import { overlayClasses } from '../../report/overlay.js';
import { toRgb } from '../../report/pixels.js';

/** The side of each half. The whole is twice as wide as high, as BioImage.IO asks, and below its 500 KB in any case. */
const SIDE = 256;

/** @param mask of the image's size, 0 = background, else the class */
export function coverPicture(image: Image, mask: Image<Uint8Array>): Image<Uint8Array> {
  const canvas = new Canvas(2 * SIDE, SIDE, BACKGROUND);
  for (const [k, picture] of [toRgb(image), overlayClasses(image, mask)].map(fitted).entries()) {
    const left = k * SIDE + Math.floor((SIDE - picture.width) / 2);
    canvas.blit(picture, left, Math.floor((SIDE - picture.height) / 2));
  }
  return { width: canvas.width, height: canvas.height, channels: 3, data: canvas.data };
}

/** Brings a picture to a half, as large as fits. */
function fitted(picture: Image<Uint8Array>): Image<Uint8Array> {
  const factor = SIDE / Math.max(picture.width, picture.height);
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * factor)));
  const { data, ...size } = resizeImage(picture, width!, height!);
  return { ...size, data: Uint8Array.from(data, Math.round) };
}
