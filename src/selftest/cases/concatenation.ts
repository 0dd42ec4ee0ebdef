/** Cases of concat, with channels that fill no vector and several. */
import { concat } from '../../ops/index.js';
import type { Case } from '../case.js';
import { normal } from '../samples.js';

export const concatenation: Case[] = [
  [1],
  [4],
  [1, 3],
  [5, 8, 9],
  [17, 1, 4],
  [16, 32],
  [8, 8, 8, 8, 8],
  [3, 1, 1, 5, 2],
  // more than a GPU binds at once
  [2, 1, 3, 1, 1, 2, 4, 3, 1],
].map(
  (sources): Case => ({
    family: 'concatenation',
    label: `concat ${sources.join('+')}`,
    samples: sources.map((channels) => normal([2, 5, 3, channels])),
    fn: (...xs) => [concat(xs)],
    differentiable: sources.map((_, k) => k),
    tolerance: 0,
  }),
);
