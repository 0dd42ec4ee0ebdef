/** Cases of the batch, instance and group norm, and of the moments that they normalise by. */
import type { Shape } from '../../graph/shape.js';
import { moments, normalise, weightedSum } from '../../ops/index.js';
import type { NormOptions } from '../../ops/normalisation.js';
import type { Case } from '../case.js';
import { normal, positive } from '../samples.js';
import { LANES } from './sizes.js';

/** A norm with the statistics of the data themselves and with given ones, and the statistics alone. */
function norms(label: string, shape: Shape, options: NormOptions, offset = 0): Case[] {
  const [batch, , , channels] = shape as [number, number, number, number];
  const statistics = [options.perImage ? batch : 1, options.groups ?? channels];
  const common = { family: 'normalisation', tolerance: 5e-6 } satisfies Partial<Case>;
  return [
    {
      ...common,
      label: `${label} norm ${shape.join('x')}, own statistics, offset ${offset}`,
      samples: [normal(shape, offset), normal([channels]), normal([channels])],
      fn: (x, gamma, beta) => [normalise(x!, moments(x!, options), gamma!, beta!, options)],
      differentiable: [0, 1, 2],
    },
    {
      ...common,
      label: `${label} norm ${shape.join('x')}, given statistics, offset ${offset}`,
      samples: [
        normal(shape, offset),
        normal(statistics, offset),
        positive(statistics),
        normal([channels]),
        normal([channels]),
      ],
      fn: (x, mean, variance, gamma, beta) => [
        normalise(x!, { mean: mean!, variance: variance! }, gamma!, beta!, options),
      ],
      differentiable: [0, 1, 2, 3, 4],
    },
    {
      ...common,
      label: `${label} moments ${shape.join('x')}, offset ${offset}`,
      samples: [normal(shape, offset)],
      fn: (x) => {
        const { mean, variance } = moments(x!, options);
        return [weightedSum([mean, variance], [0.7, -1.3]), mean, variance];
      },
      differentiable: [0],
    },
  ];
}

export const normalisation: Case[] = [
  ...LANES.flatMap((channels, k) => norms('batch', [(k % 3) + 1, 3, 5, channels], {})),
  ...norms('batch', [3, 1, 1, 4], {}),
  ...norms('batch', [2, 40, 33, 16], {}),
  ...norms('batch', [2, 24, 24, 8], {}, 30),
  ...[1, 5, 8].flatMap((channels) => norms('instance', [2, 4, 3, channels], { perImage: true })),
  ...norms('instance', [2, 40, 33, 16], { perImage: true }),
  ...norms('group', [2, 3, 5, 9], { perImage: true, groups: 3 }),
  ...norms('group', [3, 5, 4, 16], { perImage: true, groups: 4, epsilon: 1e-3 }),
  ...norms('group', [1, 3, 3, 17], { perImage: true, groups: 1 }),
  ...norms('group', [2, 32, 32, 32], { perImage: true, groups: 8 }),
];
