/** Cases of the transposed convolution. */
import { convTranspose2d } from '../../ops/index.js';
import type { Case } from '../case.js';
import { normal } from '../samples.js';
import { type Image, LANES } from './sizes.js';

function transposed(image: Image, channels: number, out: number): Case {
  return {
    family: 'transposed',
    label: `convTranspose2d ${image.join('x')}, ${channels} -> ${out}`,
    samples: [normal([...image, channels]), normal([2, 2, channels, out]), normal([out])],
    fn: (x, w, b) => [convTranspose2d(x!, w!, b!)],
    differentiable: [0, 1, 2],
    tolerance: 3e-6,
  };
}

export const transposedConvolutions: Case[] = [
  ...LANES.map((channels, k) => transposed([2, 3, 5], channels, LANES.at(-k)!)),
  transposed([1, 1, 1], 1, 1),
  transposed([1, 1, 130], 8, 8),
  transposed([3, 4, 4], 32, 16),
  transposed([2, 32, 32], 16, 8),
  transposed([5, 4, 4], 64, 40),
  transposed([1, 2, 2], 520, 16),
];
