/** Cases of ReLU, sigmoid and softmax, with saturated and non-finite values. */
import { relu, sigmoid, softmax } from '../../ops/index.js';
import type { Case } from '../case.js';
import { awayFromZero, given, saturated } from '../samples.js';
import { LENGTHS } from './sizes.js';

export const activations: Case[] = [
  ...LENGTHS.flatMap((length): Case[] => [
    {
      family: 'activation',
      label: `relu ${length}`,
      samples: [awayFromZero([length])],
      fn: (x) => [relu(x!)],
      differentiable: [0],
      tolerance: 0,
    },
    {
      family: 'activation',
      label: `sigmoid ${length}`,
      samples: [saturated([length])],
      fn: (x) => [sigmoid(x!)],
      differentiable: [0],
      tolerance: 1e-6,
    },
  ]),
  {
    family: 'activation',
    label: 'relu of NaN, zeros and infinities',
    samples: [given([7], [NaN, 0, -0, Infinity, -Infinity, 1e-40, -1e-40])],
    fn: (x) => [relu(x!)],
    differentiable: [0],
    kinked: true,
    tolerance: 0,
  },
  ...[1, 2, 3, 4, 5, 8, 9, 17].map(
    (channels): Case => ({
      family: 'activation',
      label: `softmax ${channels} classes`,
      samples: [saturated([2, 3, 7, channels])],
      fn: (x) => [softmax(x!)],
      differentiable: [0],
      tolerance: 1e-6,
    }),
  ),
];
