/**
 * The exact Euclidean distance transform: P. F. Felzenszwalb and D. P. Huttenlocher, "Distance Transforms of Sampled
 * Functions", Theory of Computing 8 (2012), pages 415-428. Columns first, then rows; each line in time linear in its
 * length.
 */
import type { Spacing } from './image.js';

/**
 * The squared distance from the centre of every pixel to that of the nearest site; Infinity where there is no site.
 * @param sites [height, width], not 0 = a site
 */
export function squaredDistances(
  sites: Uint8Array,
  width: number,
  height: number,
  [row, column]: Spacing = [1, 1],
): Float64Array {
  const distances = new Float64Array(sites.length);
  for (let i = 0; i < sites.length; i++) distances[i] = sites[i] ? 0 : Infinity;
  const line = new Line(Math.max(width, height));
  for (let x = 0; x < width; x++) line.transform(distances, x, width, height, row);
  for (let y = 0; y < height; y++) line.transform(distances, y * width, 1, width, column);
  return distances;
}

/** The workspace for lines of up to `length` samples. */
class Line {
  readonly #samples: Float64Array;
  /** The samples whose parabolas make up the lower envelope, from left to right. */
  readonly #vertices: Int32Array;
  /** The position from which the parabola of each of these is the lowest. */
  readonly #starts: Float64Array;

  constructor(length: number) {
    this.#samples = new Float64Array(length);
    this.#vertices = new Int32Array(length);
    this.#starts = new Float64Array(length);
  }

  /** Transforms `count` samples from `offset`, `stride` apart, in place: f(p) becomes min over q of f(q) + (step (p - q))². */
  transform(values: Float64Array, offset: number, stride: number, count: number, step: number): void {
    const samples = this.#samples;
    const vertices = this.#vertices;
    const starts = this.#starts;
    // In units of the step, so that all parabolas have the same curvature.
    const unit = step * step;
    for (let q = 0; q < count; q++) samples[q] = values[offset + q * stride]! / unit;

    let last = -1;
    for (let q = 0; q < count; q++) {
      if (samples[q] === Infinity) continue;
      let start = -Infinity;
      while (last >= 0) {
        const v = vertices[last]!;
        start = ((samples[q]! - samples[v]!) / (q - v) + q + v) / 2;
        if (start > starts[last]!) break;
        last--;
      }
      last++;
      vertices[last] = q;
      starts[last] = last === 0 ? -Infinity : start;
    }
    if (last < 0) return;

    for (let p = 0, k = 0; p < count; p++) {
      while (k < last && starts[k + 1]! < p) k++;
      const v = vertices[k]!;
      values[offset + p * stride] = (samples[v]! + (p - v) * (p - v)) * unit;
    }
  }
}
