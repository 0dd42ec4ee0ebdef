/**
 * Images resampled at positions of one's choice. What lies beyond an edge is reflected, as in `padReflect`: a black border
 * would be something that no microscope and no scanner shows.
 */
import type { Image } from './image.js';
import { reflect } from './pad.js';
import type { Window } from './window.js';

/**
 * The position in the input of each pixel of the result, row by row: x to the right, y down, in pixels, (0, 0) the
 * centre of the first.
 */
export interface Positions {
  readonly width: number;
  readonly height: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Every pixel of a window where it is. */
export function pixelGrid({ left, top, width, height }: Window): Positions {
  const x = new Float64Array(width * height);
  const y = new Float64Array(width * height);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      x[i] = left + column;
      y[i] = top + row;
    }
  }
  return { width, height, x, y };
}

/** Bilinear, in float64. */
export function warpImage(image: Image<Float32Array>, positions: Positions): Image<Float32Array> {
  const { width, height } = positions;
  const { channels, data } = image;
  const result = new Float32Array(width * height * channels);
  const corners = new Corners(image);
  for (let i = 0, at = 0; i < width * height; i++) {
    corners.find(positions.x[i]!, positions.y[i]!);
    const { right, below } = corners;
    const a = corners.above * channels;
    const b = corners.under * channels;
    const step = corners.step * channels;
    for (let c = 0; c < channels; c++) {
      const top = data[a + c]! * (1 - right) + data[a + step + c]! * right;
      const bottom = data[b + c]! * (1 - right) + data[b + step + c]! * right;
      result[at++] = top * (1 - below) + bottom * below;
    }
  }
  return { width, height, channels, data: result };
}

/**
 * The class that has most of the bilinear weight, of equals the highest: in a mask of 0 and 1 it is what `warpImage` gives,
 * cut at one half. Outlines stay smoother than the nearest pixel would leave them, and no class comes in that is not there.
 */
export function warpMask(mask: Image<Uint8Array>, positions: Positions): Image<Uint8Array> {
  const { width, height } = positions;
  const { data } = mask;
  const result = new Uint8Array(width * height);
  const corners = new Corners(mask);
  const labels = new Uint8Array(4);
  const weights = new Float64Array(4);
  for (let i = 0; i < result.length; i++) {
    corners.find(positions.x[i]!, positions.y[i]!);
    const { above, under, step, right, below } = corners;
    labels[0] = data[above]!;
    labels[1] = data[above + step]!;
    labels[2] = data[under]!;
    labels[3] = data[under + step]!;
    if (labels[0] === labels[1] && labels[0] === labels[2] && labels[0] === labels[3]) {
      result[i] = labels[0]!;
      continue;
    }
    weights[0] = (1 - right) * (1 - below);
    weights[1] = right * (1 - below);
    weights[2] = (1 - right) * below;
    weights[3] = right * below;
    result[i] = heaviest(labels, weights);
  }
  return { width, height, channels: 1, data: result };
}

function heaviest(labels: Uint8Array, weights: Float64Array): number {
  let [best, most] = [0, 0];
  for (const label of labels) {
    let weight = 0;
    for (let k = 0; k < labels.length; k++) if (labels[k] === label) weight += weights[k]!;
    if (weight < most || (weight === most && label < best)) continue;
    [best, most] = [label, weight];
  }
  return best;
}

/** The four pixels around a position. One object for all positions, as there are many. */
class Corners {
  /** Indices of the left ones. */
  above = 0;
  under = 0;
  /** The distance in indices from the left ones to the right ones: 0 in the last column. */
  step = 0;
  /** How far the position is from the left ones and from the upper ones, 0 to 1. */
  right = 0;
  below = 0;

  readonly #width: number;
  readonly #height: number;

  constructor({ width, height }: Image) {
    this.#width = width;
    this.#height = height;
  }

  find(x: number, y: number): void {
    const u = reflect(x, this.#width);
    const v = reflect(y, this.#height);
    const column = Math.floor(u);
    const row = Math.floor(v);
    this.right = u - column;
    this.below = v - row;
    this.above = row * this.#width + column;
    this.step = column + 1 < this.#width ? 1 : 0;
    this.under = this.above + (row + 1 < this.#height ? this.#width : 0);
  }
}
