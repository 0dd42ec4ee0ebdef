/** Cases of max pooling, with and without ties. */
import type { Shape } from '../../graph/shape.js';
import { maxPool2d } from '../../ops/index.js';
import type { Case } from '../case.js';
import { distinct, tied } from '../samples.js';
import { LANES } from './sizes.js';

export const pooling: Case[] = [
  ...LANES.map((channels, k): Shape => [(k % 3) + 1, 2 * ((k % 4) + 1), 6, channels]),
  [1, 2, 2, 1],
  [3, 32, 24, 16],
].flatMap((shape): Case[] => {
  const common = {
    family: 'pooling',
    fn: (x) => [maxPool2d(x!)],
    differentiable: [0],
    tolerance: 0,
  } satisfies Partial<Case>;
  return [
    { ...common, label: `maxPool2d ${shape.join('x')}`, samples: [distinct(shape)] },
    { ...common, label: `maxPool2d ${shape.join('x')}, ties`, samples: [tied(shape)], kinked: true },
  ];
});
