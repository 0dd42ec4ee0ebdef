/** Which part of an image a canvas shows, and how large: zoom and pan as arithmetic. */
import type { Size } from '../../../src/image/frame.js';
import type { Pixel } from './brush.js';

/** A point of the image lies at `scale * point + offset` on the canvas, both in units of the canvas. */
export interface View {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How many pixels of the canvas a pixel of the image may take. */
const MOST = 48;

/** The whole image, as large as the canvas allows, in its middle. */
export function fit(image: Size, canvas: Size): View {
  const scale = Math.min(canvas.width / image.width, canvas.height / image.height);
  return held({ scale, left: 0, top: 0 }, image, canvas);
}

/** Enlarges by `factor`, with the point of the canvas `around` in its place; never smaller than the whole image. */
export function zoom(view: View, factor: number, around: Point, image: Size, canvas: Size): View {
  const least = fit(image, canvas).scale;
  const scale = Math.min(Math.max(MOST, least), Math.max(least, view.scale * factor));
  const moved = (at: number, offset: number) => at - ((at - offset) * scale) / view.scale;
  return held({ scale, left: moved(around.x, view.left), top: moved(around.y, view.top) }, image, canvas);
}

/** Moves what is shown by `by` pixels of the canvas; an image larger than the canvas goes on filling it. */
export function pan(view: View, by: Point, image: Size, canvas: Size): View {
  return held({ ...view, left: view.left + by.x, top: view.top + by.y }, image, canvas);
}

/** Moves what is shown so far that a pixel is on the canvas, with a margin around it. */
export function reveal(view: View, { x, y }: Pixel, image: Size, canvas: Size): View {
  const [left, top] = [(x + 0.5) * view.scale + view.left, (y + 0.5) * view.scale + view.top];
  const margin = Math.min(canvas.width, canvas.height) / 8;
  const into = (at: number, size: number) => Math.min(Math.max(at, margin), size - margin) - at;
  return pan(view, { x: into(left, canvas.width), y: into(top, canvas.height) }, image, canvas);
}

/** The pixel at a point of the canvas; beyond the image it goes on counting. */
export function pixelAt({ scale, left, top }: View, { x, y }: Point): Pixel {
  return { x: Math.floor((x - left) / scale), y: Math.floor((y - top) / scale) };
}

/** The view without empty borders that could be filled; what is smaller than the canvas lies in the middle. */
function held({ scale, left, top }: View, image: Size, canvas: Size): View {
  const along = (offset: number, shown: number, size: number) =>
    shown <= size ? (size - shown) / 2 : Math.min(0, Math.max(size - shown, offset));
  return {
    scale,
    left: along(left, image.width * scale, canvas.width),
    top: along(top, image.height * scale, canvas.height),
  };
}
