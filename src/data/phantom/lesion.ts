/** The lesions of the phantom, drawn like the three kinds of tumour of the figshare set. */
import type { Random } from '../../base/random.js';
import { BRAIN_EDGE, type Head } from './head.js';
import { inFrame, mix, smoothstep, unitVector, ValueNoise, type Vector } from './shapes.js';

/** The three kinds of the figshare brain-tumour set. */
export const LESION_KINDS = ['meningioma', 'glioma', 'pituitary'] as const;
export type LesionKind = (typeof LESION_KINDS)[number];

/** A lesion in head coordinates. */
export interface Lesion {
  readonly kind: LesionKind;
  /** Distance inside the lesion's edge in half image sides; negative outside. */
  depth(h: Vector, headRadius: number): number;
  /** What the lesion makes of tissue `value` at a point of that `depth`; `pixel` is a pixel's width. */
  paint(value: number, h: Vector, depth: number, pixel: number): number;
}

export function drawLesion(random: Random, head: Head): Lesion {
  const kind = LESION_KINDS[random.integer(3)]!;
  return { meningioma: drawMeningioma, glioma: drawGlioma, pituitary: drawPituitary }[kind](random, head);
}

/** Round and evenly bright; it grows from the membrane around the brain, so it sits at the rim and is cut off by it. */
function drawMeningioma(random: Random, head: Head): Lesion {
  const radius = random.uniform(0.13, 0.24);
  const direction = unitVector(random);
  const distance = BRAIN_EDGE - radius * random.uniform(0.45, 0.8);
  const centre = { x: direction.x * head.halfWidth * distance, y: direction.y * head.halfLength * distance };
  const ellipse = drawEllipse(random, centre, radius, 0.85, 0.12);
  return {
    kind: 'meningioma',
    depth: (h, headRadius) => Math.min(ellipse(h), (BRAIN_EDGE + 0.01 - headRadius) * head.halfWidth),
    paint: drawGlow(random, 0.08),
  };
}

/** Irregular, in the white matter: a bright rim around a dark dead core, in a halo of swollen, darker tissue. */
function drawGlioma(random: Random, head: Head): Lesion {
  const radius = random.uniform(0.16, 0.28);
  const direction = unitVector(random);
  const distance = random.uniform(0.25, 0.5);
  const centre = { x: direction.x * head.halfWidth * distance, y: direction.y * head.halfLength * distance };
  const outer = drawEllipse(random, centre, radius, 0.7, 0.55);
  const away = unitVector(random);
  const shift = 0.12 * radius;
  const coreCentre = { x: centre.x + shift * away.x, y: centre.y + shift * away.y };
  const core = drawEllipse(random, coreCentre, radius * random.uniform(0.45, 0.68), 0.75, 0.6);
  const dark = random.uniform(0.18, 0.34);
  const halo = random.uniform(0.3, 0.9);
  const rim = drawGlow(random, 0.2);
  return {
    kind: 'glioma',
    depth: (h, headRadius) => Math.min(outer(h), (BRAIN_EDGE - 0.02 - headRadius) * head.halfWidth),
    paint: (value, h, depth, pixel) => {
      const swollen = mix(value, Math.min(value, 0.32), halo * smoothstep(-0.7 * radius, 0, depth));
      if (depth < 0) return rim(swollen, h, depth, pixel);
      return mix(rim(swollen, h, depth, pixel), dark, smoothstep(-0.02, 0.04, Math.min(core(h), depth - 0.02)));
    },
  };
}

/** Small and bright, in the middle of the lower half. */
function drawPituitary(random: Random, head: Head): Lesion {
  const centre = { x: random.uniform(-0.05, 0.05), y: head.halfLength * random.uniform(0.36, 0.56) };
  const ellipse = drawEllipse(random, centre, random.uniform(0.1, 0.15), 0.75, 0.15);
  return {
    kind: 'pituitary',
    depth: ellipse,
    paint: drawGlow(random, 0.1),
  };
}

/** How the contrast agent lights a lesion up: a texture of amplitude `grain`, soft over two pixels at the edge. */
function drawGlow(random: Random, grain: number): Lesion['paint'] {
  const glow = random.uniform(0.73, 0.92);
  const texture = new ValueNoise(random, 22);
  return (value, h, depth, pixel) => {
    if (depth < -pixel) return value;
    return mix(value, glow + grain * (texture.at(h.x, h.y) - 0.5), smoothstep(-pixel, pixel, depth));
  };
}

/**
 * Depth below the edge of a turned ellipse with half axes `radius` and at least `roundness` x `radius`, whose edge is
 * moved by noise of amplitude `roughness` x `radius`.
 */
function drawEllipse(random: Random, centre: Vector, radius: number, roundness: number, roughness: number) {
  const axis = unitVector(random);
  const ratio = random.uniform(roundness, 1);
  const [shiftX, shiftY] = [new ValueNoise(random, 5), new ValueNoise(random, 5)];
  return (h: Vector): number => {
    const q = inFrame(h, centre, axis);
    const [u, v] = [q.x / (2 * radius), q.y / (2 * radius)];
    const x = q.x / radius + 2 * roughness * (shiftX.at(u, v) - 0.5);
    const y = (q.y / radius + 2 * roughness * (shiftY.at(u, v) - 0.5)) / ratio;
    return radius * (1 - Math.sqrt(x * x + y * y));
  };
}
