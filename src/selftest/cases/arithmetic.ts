/** Cases of add, mean and weightedSum, of several numbers of terms. */
import { add, mean, weightedSum } from '../../ops/index.js';
import type { Case } from '../case.js';
import { normal } from '../samples.js';
import { LENGTHS } from './sizes.js';

export const arithmetic: Case[] = LENGTHS.flatMap((length): Case[] => {
  const sums = [1, 2, 3, 5].map((count): [string, Case['fn'], number] => [
    `weightedSum of ${count}`,
    (...xs) => [weightedSum(xs, [0.9, -0.3, 1, 0.125, -2].slice(0, count))],
    count,
  ]);
  const others: [string, Case['fn'], number][] = [
    ['add of 2', (...xs) => [add(...xs)], 2],
    ['add of one with itself', (x) => [add(x!, x!)], 1],
    ['mean of 4', (...xs) => [mean(xs)], 4],
  ];
  return [...sums, ...others].map(([label, fn, count]) => ({
    family: 'arithmetic',
    label: `${label}, ${length}`,
    samples: Array.from({ length: count }, () => normal([length])),
    fn,
    differentiable: Array.from({ length: count }, (_, k) => k),
    tolerance: 3e-7,
  }));
});
