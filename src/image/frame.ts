/** The frame in which a network sees an image: brought to another size, and padded where the frame is larger. */
import type { Image, ImageData } from './image.js';
import { cropBack, placed } from './pad.js';
import { resizeImage, resizeMask } from './resize.js';

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A frame, and the place of an image in it; what the image does not cover is its reflection. */
export interface Frame extends Size {
  /** The size to which the image is brought first. */
  readonly scaled: Size;
  /** Where the first pixel of the scaled image lies in the frame. */
  readonly left: number;
  readonly top: number;
}

/** The frame that an image of this size fills as it is. */
export function ownFrame({ width, height }: Size): Frame {
  return { width, height, scaled: { width, height }, left: 0, top: 0 };
}

/** Brings an image into its frame: bilinear, averaged where it shrinks, then padded by reflection. */
export function intoFrame(image: Image, { width, height, scaled, left, top }: Frame): Image<Float32Array> {
  return placed(resizeImage(image, scaled.width, scaled.height), width, height, left, top);
}

/** Brings a mask to the size that its image has in a frame, by the majority of the area. */
export function scaledMask(mask: Image<Uint8Array>, { scaled }: Frame): Image<Uint8Array> {
  return resizeMask(mask, scaled.width, scaled.height);
}

/** Pads a mask of the scaled size, by reflection as its image. */
export function padMask(mask: Image<Uint8Array>, { width, height, left, top }: Frame): Image<Uint8Array> {
  return placed(mask, width, height, left, top);
}

/** The first step back: cuts the image, still scaled, out of something of the frame's size, such as probabilities. */
export function cutFromFrame<T extends ImageData>(image: Image<T>, { scaled, left, top }: Frame): Image<T> {
  return cropBack(image, { x: left, y: top }, scaled.width, scaled.height);
}
