/** A mask as a layer over its image: outlines in full colour, insides tinted, nothing elsewhere. */
import type { Size } from '../../../src/image/frame.js';
import type { Image } from '../../../src/image/image.js';
import { classColour } from '../../../src/report/colours.js';
import { outline } from '../../../src/report/pixels.js';
import type { Area } from './edit.js';

/** The longer side per pixel of outline, as in the overlays that the library writes. */
const PIXELS_PER_OUTLINE = 512;

/** How thick outlines are, in pixels of the image. */
export function outlineThickness({ width, height }: Size): number {
  return Math.max(1, Math.round(Math.max(width, height) / PIXELS_PER_OUTLINE));
}

/** The area that looks different when an area has changed: outlines reach beyond it. */
export function around({ left, top, right, bottom }: Area, image: Size): Area {
  const reach = outlineThickness(image);
  return {
    left: Math.max(0, left - reach),
    top: Math.max(0, top - reach),
    right: Math.min(image.width, right + reach),
    bottom: Math.min(image.height, bottom + reach),
  };
}

/**
 * Draws an area of a mask, RGBA, row by row.
 * @param opacity of the insides, from 0 to 1
 */
export function layerOf(mask: Image<Uint8Array>, area: Area, opacity: number): Uint8ClampedArray<ArrayBuffer> {
  const [width, height] = [area.right - area.left, area.bottom - area.top];
  const rgba = new Uint8ClampedArray(4 * width * height);
  // With the pixels around it, so that an outline ends where its object ends and not at the area.
  const wide = around(area, mask);
  const labels = cut(mask, wide);
  const thickness = outlineThickness(mask);
  for (const label of new Set(labels.data)) {
    if (label === 0) continue;
    const colour = classColour(label);
    const edge = outline({ ...labels, data: labels.data.map((value) => Number(value === label)) }, thickness);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += 4) {
        const i = (y + area.top - wide.top) * labels.width + x + area.left - wide.left;
        if (labels.data[i] !== label) continue;
        rgba.set(colour, at);
        rgba[at + 3] = edge[i] ? 255 : Math.round(255 * opacity);
      }
    }
  }
  return rgba;
}

function cut({ width, data }: Image<Uint8Array>, { left, top, right, bottom }: Area): Image<Uint8Array> {
  const wide = right - left;
  const labels = new Uint8Array(wide * (bottom - top));
  for (let y = top; y < bottom; y++) labels.set(data.subarray(y * width + left, y * width + right), (y - top) * wide);
  return { width: wide, height: bottom - top, channels: 1, data: labels };
}
