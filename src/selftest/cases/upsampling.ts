/** Cases of upsampling, with each interpolation. */
import type { Shape } from '../../graph/shape.js';
import { interpolations, upsample2d } from '../../ops/index.js';
import type { Case } from '../case.js';
import { normal } from '../samples.js';
import { LANES } from './sizes.js';

export const upsampling: Case[] = interpolations.flatMap((interpolation) =>
  [
    ...LANES.map((channels, k): Shape => [(k % 3) + 1, (k % 4) + 1, 5 - (k % 5), channels]),
    [1, 1, 1, 1],
    [2, 24, 33, 16],
  ].map(
    (shape): Case => ({
      family: 'upsampling',
      label: `upsample2d ${interpolation} ${shape.join('x')}`,
      samples: [normal(shape)],
      fn: (x) => [upsample2d(x!, interpolation)],
      differentiable: [0],
      tolerance: 5e-7,
    }),
  ),
);
