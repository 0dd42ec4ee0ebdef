/** The head of the phantom: skull, brain with its furrows and ventricles, vessels. */
import type { Random } from '../../base/random.js';
import { bump, inFrame, mix, smoothstep, turned, ValueNoise, type Vector } from './shapes.js';

/**
 * A head without its lesion, as an axial T1-weighted slice with contrast agent shows it. Lengths are in half image
 * sides, y points down (to the back of the head), intensities are in [0, 1].
 */
export interface Head {
  /** Half axes of the skin's ellipse. */
  readonly halfWidth: number;
  readonly halfLength: number;
  /** The head's own coordinates of an image point: origin at its centre, x across, y from front to back. */
  toHead(p: Vector): Vector;
  /** Distance of a point in head coordinates from the centre, as a fraction of the way to the skin. */
  radius(h: Vector): number;
  /** Intensity at a point of that `radius`. */
  intensity(h: Vector, radius: number): number;
}

/** Beyond this `radius` there is air. */
export const HEAD_EDGE = 1.015;

/** The `radius` at which the brain ends, and below those at which bone, muscle and fat begin. */
export const BRAIN_EDGE = 0.83;
const BONE = 0.855;
const MUSCLE = 0.905;
const FAT = 0.945;

const FLUID = 0.16;

export function drawHead(random: Random): Head {
  const centre = { x: random.uniform(-0.06, 0.06), y: random.uniform(-0.05, 0.05) };
  const axis = turned(random.uniform(-0.12, 0.12));
  const halfWidth = random.uniform(0.68, 0.8);
  const halfLength = random.uniform(0.83, 0.93);
  const outline = new ValueNoise(random, 4);
  const marrow = new ValueNoise(random, 14);
  const fat = random.uniform(0.75, 1);
  const brain = drawBrain(random);
  const vessels = drawVessels(random, halfLength);

  return {
    halfWidth,
    halfLength,
    toHead: (p) => inFrame(p, centre, axis),
    radius: (h) => {
      const [x, y] = [h.x / halfWidth, h.y / halfLength];
      return Math.sqrt(x * x + y * y) * (1 + 0.12 * (outline.at(h.x, h.y) - 0.5));
    },
    intensity: (h, radius) => {
      let value = FLUID;
      if (radius < BRAIN_EDGE) {
        value = brain(h, radius);
        for (const { at, size, glow } of vessels) value = mix(value, glow, smoothstep(0, 0.7, bump(h, at, size, size)));
      }
      if (radius > BONE - 0.01) {
        const spots = marrow.at(h.x, h.y);
        value = mix(value, 0.03 + 0.16 * spots, smoothstep(BONE - 0.01, BONE + 0.01, radius));
        value = mix(value, 0.28 + 0.2 * spots, smoothstep(MUSCLE - 0.01, MUSCLE + 0.01, radius));
        value = mix(value, fat * (0.7 + 0.5 * spots), smoothstep(FAT - 0.015, FAT + 0.015, radius));
        value *= 1 - smoothstep(0.985, HEAD_EDGE, radius);
      }
      return value;
    },
  };
}

/** Cortex with its furrows, white matter, deep nuclei, the gap between the hemispheres and the ventricles. */
function drawBrain(random: Random): (h: Vector, radius: number) => number {
  const grey = random.uniform(0.36, 0.43);
  const white = random.uniform(0.54, 0.63);
  const furrowDepth = random.uniform(0.2, 0.32);
  const ventricles = random.uniform() < 0.85 ? random.uniform(0.7, 1.3) : 0;
  const [warpX, warpY] = [new ValueNoise(random, 5), new ValueNoise(random, 5)];
  const [curlX, curlY] = [new ValueNoise(random, 16), new ValueNoise(random, 16)];
  const tissue = new ValueNoise(random, 9);
  const furrows = new ValueNoise(random, 34);

  return (h, radius) => {
    const x = h.x + 0.1 * (warpX.at(h.x, h.y) - 0.5);
    const y = h.y + 0.1 * (warpY.at(h.x, h.y) - 0.5);
    const side = { x: Math.abs(x), y };
    const depth = BRAIN_EDGE - radius;

    // Furrows are where the noise crosses one half. Drawn out towards the centre they run inwards from the surface,
    // with a ribbon of grey matter along both walls; deeper they close, first to grey, then to white matter.
    const stretch = (0.42 * radius + 0.48) / (radius + 0.05);
    const u = (x + 0.22 * (curlX.at(h.x, h.y) - 0.5)) * stretch;
    const v = (y + 0.22 * (curlY.at(h.x, h.y) - 0.5)) * stretch;
    const wall = Math.abs(2 * furrows.at(u, v) - 1);
    const closed = Math.max(0, depth) / furrowDepth;
    const cortex = Math.min(wall + 0.42 * closed * closed, 0.25 + 7 * depth);
    let value = mix(FLUID, grey, smoothstep(0.0, 0.14, cortex));
    value = mix(value, white, smoothstep(0.28, 0.46, cortex));
    value += 0.08 * (tissue.at(h.x, h.y) - 0.5);

    const nuclei = bump(side, { x: 0.2, y: 0.0 }, 0.11, 0.19);
    value = mix(value, 0.6 * grey + 0.4 * white, 0.8 * smoothstep(0, 0.7, nuclei));
    const gap = 1 - smoothstep(0.004, 0.022, side.x);
    value = mix(value, FLUID, 0.75 * gap * smoothstep(0.24, 0.36, Math.abs(y + 0.02)));
    return ventricles > 0 ? mix(value, FLUID - 0.03, ventricle(side, ventricles)) : value;
  };
}

/** Both lateral ventricles, mirrored: two horns that bend away from the middle; and the slit between the thalami. */
function ventricle(side: Vector, scale: number): number {
  const bend = 0.07 * scale + 0.75 * side.y * side.y;
  const horn = bump(side, { x: bend, y: -0.03 }, 0.062 * scale, 0.3 * scale);
  const slit = bump(side, { x: 0, y: 0.06 }, 0.016, 0.12);
  return Math.max(smoothstep(0, 0.35, horn), 0.9 * smoothstep(0, 0.6, slit));
}

interface Vessel {
  readonly at: Vector;
  readonly size: number;
  readonly glow: number;
}

/** Vessels light up with the contrast agent, as lesions do: the large one at the back, and points in the brain. */
function drawVessels(random: Random, halfLength: number): Vessel[] {
  const back = { at: { x: 0, y: halfLength * (BRAIN_EDGE - 0.02) }, size: random.uniform(0.03, 0.05), glow: 0.85 };
  const points = Array.from({ length: 3 + random.integer(5) }, () => ({
    at: { x: random.uniform(-0.45, 0.45), y: random.uniform(-0.55, 0.55) },
    size: random.uniform(0.014, 0.026),
    glow: random.uniform(0.6, 0.85),
  }));
  return [back, ...points];
}
