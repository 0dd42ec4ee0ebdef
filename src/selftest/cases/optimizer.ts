/** Cases of what an optimizer does: the updates of SGD and Adam, the moving average, norms of gradients and clipping. */
import { adam, chunkNorms, clipRates, lerp, sgd } from '../../ops/index.js';
import type { Case } from '../case.js';
import { given, normal, positive, type Sample, sample } from '../samples.js';
import { LENGTHS } from './sizes.js';

/** What is written over its inputs: they are what changes, what it changes by, state, and the rates. */
export const updates: Case[] = LENGTHS.flatMap((length): Case[] => {
  const shape = [length];
  const common = { family: 'optimizer', differentiable: [], tolerance: 5e-7 } satisfies Partial<Case>;
  const sgds = [
    { momentum: 0, weightDecay: 0 },
    { momentum: 0.9, weightDecay: 0 },
    { momentum: 0.9, weightDecay: 0.01 },
  ].map((options) => ({
    ...common,
    label: `sgd ${length}, momentum ${options.momentum}, decay ${options.weightDecay}`,
    samples: [normal(shape), normal(shape), normal(shape), given([2], [0.1, 0.3])],
    fn: (p, g, v, rates) => sgd(p!, g!, v!, rates!, options),
  })) satisfies Case[];
  const adams = [
    { weightDecay: 0, decoupled: false },
    { weightDecay: 0.01, decoupled: false },
    { weightDecay: 0.01, decoupled: true },
  ].map((options) => ({
    ...common,
    label: `adam ${length}, decay ${options.weightDecay}${options.decoupled ? ', decoupled' : ''}`,
    samples: [normal(shape), normal(shape), normal(shape), positive(shape), given([4], [0.01, 3.69, 18.28, 0.3])],
    fn: (p, g, m, v, rates) => adam(p!, g!, m!, v!, rates!, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...options }),
  })) satisfies Case[];
  const average: Case = {
    ...common,
    label: `lerp ${length}`,
    samples: [normal(shape), normal(shape), given([1], [0.1])],
    fn: (start, end, weight) => [lerp(start!, end!, weight!)],
  };
  return [...sgds, ...adams, average];
});

const norm = (label: string, x: Sample): Case => ({
  family: 'optimizer',
  label: `chunkNorms ${label}`,
  samples: [x],
  fn: (x) => [chunkNorms(x!)],
  differentiable: [],
  tolerance: 5e-7,
});

const norms = [
  // below, at and above a chunk, and several
  ...[1, 3, 17, 4095, 4096, 4097, 20_001].map((length) => norm(`${length}`, normal([length], 0.1))),
  // squares are beyond the range of float32
  ...[1e-30, 1e30].map((scale) =>
    norm(
      `of ${scale}`,
      sample([5000], (random) => scale * random.normal()),
    ),
  ),
  norm(
    'of zeros, infinities and NaN',
    sample([5 * 4096], (random, i) => {
      if (i < 4096) return 0;
      return { 5000: Infinity, 9000: NaN, 13000: -Infinity, 14000: NaN }[i] ?? random.normal();
    }),
  ),
];

/** Norms at, above and far above the limit; one below it; and a factor that is not 1 before. */
const clipping = [
  { count: 1, limit: 1e-3, rates: [0.1, 1] },
  { count: 1, limit: 1e3, rates: [0.1, 1] },
  { count: 2, limit: 0.5, rates: [0.1, 0.3] },
  { count: 17, limit: 1, rates: [0.01, 3.69, 18.28, 1] },
  { count: 17, limit: 100, rates: [0.01, 3.69, 18.28, 1] },
  { count: 1000, limit: 10, rates: [0.01, 3.69, 18.28, 1] },
].map(({ count, limit, rates }): Case => {
  return {
    family: 'optimizer',
    label: `clipRates ${count} norms, limit ${limit}, ${rates.length} rates`,
    samples: [positive([count]), given([rates.length], rates)],
    fn: (norms, rates) => [clipRates(norms!, rates!, limit)],
    differentiable: [],
    tolerance: 1e-5,
  };
});

export const optimizers: Case[] = [...updates, ...norms, ...clipping];
