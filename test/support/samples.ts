/**
 * Seeded test data. Every number is exact in float32, so that a float32 backend and the float64 reference start from the
 * same values.
 */
import type { NdArray } from '../../src/backend/run.js';
import type { Random } from '../../src/base/random.js';
import { type Shape, sizeOf } from '../../src/graph/shape.js';

/** An array of random numbers. */
export type Sample = (random: Random) => NdArray;

/** `element(random, i)` for each element i. */
export function sample(shape: Shape, element: (random: Random, i: number) => number): Sample {
  return (random) => ({ shape, data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => element(random, i)) });
}

export const normal = (shape: Shape, mean = 0): Sample => sample(shape, (random) => mean + random.normal());

/** For variances and second moments. */
export const positive = (shape: Shape): Sample => sample(shape, (random) => 0.1 + random.uniform());

/** At least 0.1 away from the kink of ReLU. */
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
