/**
 * Seeded test data. Every number is exact in float32, so that a float32 backend and the float64 reference start from the
 * same values.
 */
import type { NdArray } from '../backend/run.js';
import type { Random } from '../base/random.js';
import { type Shape, sizeOf } from '../graph/shape.js';

/** An array of random numbers. */
export type Sample = (random: Random) => NdArray;

/** `element(random, i)` for each element i. */
export function sample(shape: Shape, element: (random: Random, i: number) => number): Sample {
  return (random) => ({ shape, data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => element(random, i)) });
}

export const normal = (shape: Shape, mean = 0): Sample => sample(shape, (random) => mean + random.normal());

/** Values above 0, for variances and second moments. */
export const positive = (shape: Shape): Sample => sample(shape, (random) => 0.1 + random.uniform());

/** Values at least 0.1 away from the kink of ReLU. */
export const awayFromZero = (shape: Shape): Sample =>
  sample(shape, (random) => {
    const x = random.normal();
    return x + (x < 0 ? -0.1 : 0.1);
  });

/** No two elements are closer than 1/64, so that no maximum has a rival. */
export const distinct = (shape: Shape): Sample => {
  const length = sizeOf(shape);
  return (random) => {
    const order = random.permutation(length);
    return { shape, data: Float32Array.from(order, (rank) => (rank - Math.floor(length / 2)) / 64) };
  };
};

/** As `distinct`, but also no element is near another's negative, or near 1 or -1. */
export const apart = (shape: Shape): Sample => {
  const elements = distinct(shape);
  return (random) => {
    const { data } = elements(random);
    return { shape, data: Float32Array.from(data, (x) => x + 1 / 256) };
  };
};

/** Logits [N,H,W,K] of which, in each image, no two pixels have nearly the same p or 1 - p of a class. */
export const separated = (shape: Shape): Sample => {
  const [batch, height, width, classes] = shape as readonly [number, number, number, number];
  const positions = height * width;
  // So wide a neighbourhood that a tenth of all is taken at the end.
  const cell = 1 / (40 * positions);
  return (random) => {
    const data = new Float32Array(sizeOf(shape));
    for (let n = 0; n < batch; n++) {
      const taken = new Set<string>();
      for (let i = 0; i < positions; ) {
        const logits = Float32Array.from({ length: classes }, () => random.normal());
        const powers = [...logits].map(Math.exp);
        const sum = powers.reduce((a, b) => a + b);
        const cells = powers.flatMap((power, k) => {
          return [power / sum, 1 - power / sum].map((p) => [k, Math.floor(p / cell)] as const);
        });
        if (cells.some(([k, at]) => [at - 1, at, at + 1].some((near) => taken.has(`${k} ${near}`)))) continue;
        for (const [k, at] of cells) taken.add(`${k} ${at}`);
        data.set(logits, (n * positions + i++) * classes);
      }
    }
    return { shape, data };
  };
};

/** Small integers: many ties. */
export const tied = (shape: Shape): Sample => sample(shape, (random) => random.integer(3) - 1);

/** Multiples of `step` from -8 to 8 of them. Sums of their products are exact in float32 in any order. */
export const grid = (shape: Shape, step: number): Sample => sample(shape, (random) => (random.integer(17) - 8) * step);

/** Odd multiples of 1/64: added to a sum of multiples of 1/32 they keep it away from the kink of ReLU. */
export const offGrid = (shape: Shape): Sample => sample(shape, (random) => (2 * random.integer(64) - 63) / 64);

/** 0 and 1, the latter with probability `fraction`. */
export const mask = (shape: Shape, fraction = 0.4): Sample =>
  sample(shape, (random) => (random.uniform() < fraction ? 1 : 0));

/** 0 .. classes - 1. */
export const labels = (shape: Shape, classes: number): Sample => sample(shape, (random) => random.integer(classes));

/** Logits of which every seventh saturates: +200 or -200. */
export const saturated = (shape: Shape): Sample =>
  sample(shape, (random, i) => (i % 7 === 6 ? (i % 2 === 0 ? 200 : -200) : 3 * random.normal()));

/** 16-bit parts of the keys of `dropout`. */
export const keys = (batch: number): Sample => sample([batch, 4], (random) => random.integer(65536));

/** The numbers given. */
export const given = (shape: Shape, data: readonly number[]): Sample => sample(shape, (_, i) => data[i]!);
