/** Masks as pictures: over their image, in grey, and as files hold them. */
import type { Image } from '../image/image.js';
import { bandsOf, type ImageSource } from '../image/image-source.js';
import { type Colour, classColour, GREEN } from './colours.js';
import { blend, checkMask, outline, readDisplayRange, toRgb } from './pixels.js';

/** How much of a mask's colour lies over its inside by default, from 0 to 1. */
export const TINT = 0.25;
/** The longer side per pixel of outline, so that the outline is visible when a large image fills the screen. */
const PIXELS_PER_OUTLINE = 512;

/**
 * Draws an image in RGB with a mask over it: its outline in full `colour`, its inside tinted. `mask` has the image's size
 * and one channel, not 0 = inside. The result is an image again: several classes are one overlay upon the other.
 * @throws InputError if the sizes differ
 */
export function overlay(image: Image, mask: Image<Uint8Array>, colour: Colour = GREEN, tint = TINT): Image<Uint8Array> {
  checkMask('overlay', image, mask);
  const picture = toRgb(image);
  paint(picture.data, 0, mask, colour, tint);
  return picture;
}

/** Draws an image with each class of a mask except the background, 0, in a colour of its own. */
export function overlayClasses(image: Image, mask: Image<Uint8Array>, tint = TINT): Image<Uint8Array> {
  checkMask('overlay', image, mask);
  const picture = toRgb(image);
  paintClasses(picture.data, 0, mask, labelsOf(mask), tint);
  return picture;
}

/** Draws what `overlayClasses` does, of an image that is read: its rows from top to bottom, a band of them at a time. */
export async function* overlayBands(source: ImageSource, mask: Image<Uint8Array>): AsyncGenerator<Uint8Array> {
  checkMask('overlay', source, mask);
  const range = await readDisplayRange(source);
  const labels = labelsOf(mask);
  for await (const { top, band } of bandsOf(source)) {
    const { data } = toRgb(band, range);
    paintClasses(data, top, mask, labels, TINT);
    yield data;
  }
}

function labelsOf({ data }: Image<Uint8Array>): number[] {
  return [...new Set(data)].filter((label) => label > 0);
}

/** Draws the classes of a mask over rows of a picture, in place. */
function paintClasses(
  rows: Uint8Array,
  top: number,
  mask: Image<Uint8Array>,
  labels: readonly number[],
  tint: number,
): void {
  for (const label of labels) paint(rows, top, mask, classColour(label), tint, label);
}

/**
 * Draws a mask over rows of a picture, in place.
 * @param rows in RGB
 * @param top the first of them, in the mask
 * @param wanted the label that is drawn; where it is absent, all
 */
function paint(
  rows: Uint8Array,
  top: number,
  { width, height, data }: Image<Uint8Array>,
  colour: Colour,
  tint: number,
  wanted?: number,
): void {
  const thickness = Math.max(1, Math.round(Math.max(width, height) / PIXELS_PER_OUTLINE));
  const bottom = top + rows.length / (3 * width);
  // With the rows around it, whose outside does not reach into the band in so few steps.
  const [from, to] = [Math.max(0, top - thickness), Math.min(height, bottom + thickness)];
  const labels = data.subarray(from * width, to * width);
  const inside = wanted === undefined ? labels : labels.map((label) => Number(label === wanted));
  const edge = outline({ width, height: to - from, channels: 1, data: inside }, thickness);
  for (let i = top * width; i < bottom * width; i++) {
    const k = i - from * width;
    if (inside[k]) blend(rows, i - top * width, colour, edge[k] ? 1 : tint);
  }
}

/** Makes a grey picture of a mask: 255 inside (not 0), 0 outside. */
export function maskImage(mask: Image<Uint8Array>): Image<Uint8Array> {
  return { ...mask, data: mask.data.map((value) => (value ? 255 : 0)) };
}

/**
 * Makes the image that a mask is stored as: 0 and 255 for one class; for several, the number of each pixel's class as
 * the index of a palette, so that viewers show it in the colours of `overlayClasses`.
 * @param classes the number of classes without the background
 */
export function storedMask(mask: Image<Uint8Array>, classes: number): Image<Uint8Array> & { palette?: number[][] } {
  if (classes === 1) return maskImage(mask);
  const colours = Array.from({ length: classes }, (_, k) => [...classColour(k + 1)]);
  return { ...mask, palette: [[0, 0, 0], ...colours] };
}
