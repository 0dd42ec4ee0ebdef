import { adam, sgd } from '../../src/ops/index.js';
import type { Case } from '../support/case.js';
import { given, normal, positive } from '../support/samples.js';
import { LENGTHS } from './sizes.js';

export const optimizers: Case[] = LENGTHS.flatMap((length): Case[] => {
  const shape = [length];
  const common = { family: 'optimizer', differentiable: [], tolerance: 5e-7 } satisfies Partial<Case>;
  const sgds = [
    { momentum: 0, weightDecay: 0 },
    { momentum: 0.9, weightDecay: 0 },
    { momentum: 0.9, weightDecay: 0.01 },
  ].map((options) => ({
    ...common,
    label: `sgd ${length}, momentum ${options.momentum}, decay ${options.weightDecay}`,
    samples: [normal(shape), normal(shape), normal(shape), given([1], [0.1])],
    fn: (p, g, v, rate) => sgd(p!, g!, v!, rate!, options),
  })) satisfies Case[];
  const adams = [
    { weightDecay: 0, decoupled: false },
    { weightDecay: 0.01, decoupled: false },
    { weightDecay: 0.01, decoupled: true },
  ].map((options) => ({
    ...common,
    label: `adam ${length}, decay ${options.weightDecay}${options.decoupled ? ', decoupled' : ''}`,
    samples: [normal(shape), normal(shape), normal(shape), positive(shape), given([3], [0.01, 3.69, 18.28])],
    fn: (p, g, m, v, rates) => adam(p!, g!, m!, v!, rates!, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...options }),
  })) satisfies Case[];
  return [...sgds, ...adams];
});
