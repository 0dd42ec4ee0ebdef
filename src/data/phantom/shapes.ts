/**
 * What the phantom is drawn with. No sine, exponential or power: JavaScript leaves their last bits to the engine, and
 * the phantom must be the same everywhere.
 */
import type { Random } from '../../base/random.js';

export interface Vector {
  readonly x: number;
  readonly y: number;
}

/** 0 below `low`, 1 above `high`, smooth between: every edge of the phantom. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

export function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** A direction, uniform on the circle: a point of the unit disk, pushed to its rim. */
export function unitVector(random: Random): Vector {
  for (;;) {
    const [x, y] = [random.uniform(-1, 1), random.uniform(-1, 1)];
    const length = Math.sqrt(x * x + y * y);
    if (length > 0.1 && length <= 1) return { x: x / length, y: y / length };
  }
}

/** The unit vector of an angle with the given tangent of its half: small turns without trigonometry. */
export function turned(halfTangent: number): Vector {
  const s = halfTangent * halfTangent;
  return { x: (1 - s) / (1 + s), y: (2 * halfTangent) / (1 + s) };
}

/** Coordinates of `p` in a frame at `origin` whose first axis is the unit vector `axis`. */
export function inFrame(p: Vector, origin: Vector, axis: Vector): Vector {
  const [x, y] = [p.x - origin.x, p.y - origin.y];
  return { x: x * axis.x + y * axis.y, y: y * axis.x - x * axis.y };
}

/** 1 at the centre of an axis-parallel ellipse, 0 on its rim and outside. */
export function bump(p: Vector, centre: Vector, radiusX: number, radiusY: number): number {
  const [x, y] = [(p.x - centre.x) / radiusX, (p.y - centre.y) / radiusY];
  return Math.max(0, 1 - x * x - y * y);
}

/** Smooth noise on [-1, 1] x [-1, 1] with values in [0, 1]: random lattice values joined by quadratic B-splines. */
export class ValueNoise {
  readonly #cells: number;
  readonly #stride: number;
  readonly #lattice: Float64Array;

  /** `cells` lattice cells a side: the larger, the finer. */
  constructor(random: Random, cells: number) {
    this.#cells = cells;
    this.#stride = cells + 3;
    this.#lattice = Float64Array.from({ length: this.#stride ** 2 }, () => random.uniform());
  }

  at(x: number, y: number): number {
    const u = this.#coordinate(x);
    const v = this.#coordinate(y);
    const [i, j] = [Math.floor(u), Math.floor(v)];
    const [s, t] = [u - i, v - j];
    const [a0, a1, a2] = [0.5 * (1 - s) * (1 - s), 0.5 + s * (1 - s), 0.5 * s * s];
    const [b0, b1, b2] = [0.5 * (1 - t) * (1 - t), 0.5 + t * (1 - t), 0.5 * t * t];
    const g = this.#lattice;
    const row = j * this.#stride + i;
    const [row1, row2] = [row + this.#stride, row + 2 * this.#stride];
    return (
      b0 * (a0 * g[row]! + a1 * g[row + 1]! + a2 * g[row + 2]!) +
      b1 * (a0 * g[row1]! + a1 * g[row1 + 1]! + a2 * g[row1 + 2]!) +
      b2 * (a0 * g[row2]! + a1 * g[row2 + 1]! + a2 * g[row2 + 2]!)
    );
  }

  #coordinate(x: number): number {
    return Math.min(1, Math.max(0, (x + 1) / 2)) * this.#cells;
  }
}
