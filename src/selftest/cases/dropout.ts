/** Cases of dropout, by rate and shape. */
import { dropout } from '../../ops/index.js';
import type { Case } from '../case.js';
import { keys, normal } from '../samples.js';

export const dropouts: Case[] = [0, 0.1, 0.5, 0.9].flatMap((rate, k) =>
  [
    [1, 1],
    [3, 5],
    [2, 17],
    [2, 6, 5, 4],
    [3, 16, 16, 8],
  ].map(
    (shape): Case => ({
      family: 'dropout',
      label: `dropout ${rate}, ${shape.join('x')}`,
      samples: [normal(shape), keys(shape[0]!)],
      fn: (x, key) => [dropout(x!, key!, rate, [0, 7, 65536, 2 ** 32 - 1][k]!)],
      differentiable: [0],
      tolerance: 3e-7,
    }),
  ),
);
