/** Windows: rectangles of an image, which may hang over its edges. */
import type { Size } from './frame.js';
import type { Image, ImageData } from './image.js';
import { placed } from './pad.js';

/** A rectangle of an image: where its first pixel lies in the image, which may be outside, and its size in pixels. */
export interface Window extends Size {
  readonly left: number;
  readonly top: number;
}

/** The window that is the whole image. */
export function wholeWindow({ width, height }: Size): Window {
  return { left: 0, top: 0, width, height };
}

/** Cuts a window out of an image; what hangs over is the reflection of the image, as in `padReflect`. */
export function cutOut<T extends ImageData>(image: Image<T>, { left, top, width, height }: Window): Image<T> {
  return placed(image, width, height, -left, -top);
}
