/**
 * Initial values. He: He et al., "Delving Deep into Rectifiers", 2015; Xavier: Glorot and Bengio, "Understanding the
 * difficulty of training deep feedforward neural networks", 2010; 'torch' is what `nn.Conv2d` and `nn.ConvTranspose2d`
 * do by themselves (in distribution: the random numbers are others).
 *
 * Each parameter draws from a stream of its own, keyed by seed and name, so that a network that is a part of another
 * starts from the same values. Only + - * / and square roots are used: the same bits on every machine.
 */
import { fold, Random, seedKey } from '../base/random.js';
import type { Parameter } from './layers.js';
import type { ParameterStore } from './parameters.js';

export const initialisations = ['he-normal', 'he-uniform', 'xavier-normal', 'xavier-uniform', 'torch'] as const;
export type Initialisation = (typeof initialisations)[number];

/** A distribution with mean 0, by its scale. */
type Distribution = { readonly deviation: number } | { readonly bound: number };

const WEIGHTS: { readonly [K in Initialisation]: (parameter: Parameter) => Distribution } = {
  'he-normal': ({ fanIn }) => ({ deviation: Math.sqrt(2 / fanIn) }),
  'he-uniform': ({ fanIn }) => ({ bound: Math.sqrt(6 / fanIn) }),
  'xavier-normal': ({ fanIn, fanOut }) => ({ deviation: Math.sqrt(2 / (fanIn + fanOut)) }),
  'xavier-uniform': ({ fanIn, fanOut }) => ({ bound: Math.sqrt(6 / (fanIn + fanOut)) }),
  torch: ({ fanIn }) => ({ bound: Math.sqrt(1 / fanIn) }),
};

/**
 * Weights as `initialisation` says; biases 0 ('torch': drawn like the weights); norms start as the identity: gamma and
 * running variance 1, beta and running mean 0.
 */
export function initialise(store: ParameterStore, initialisation: Initialisation, seed: number): void {
  const key = fold(seedKey(seed), 'init');
  for (const parameter of store.list) {
    const values = store.get(parameter.name);
    const draw = () => {
      values.write(drawn(values.length, WEIGHTS[initialisation](parameter), new Random(fold(key, parameter.name))));
    };
    switch (parameter.kind) {
      case 'conv2d':
      case 'convTranspose2d':
        draw();
        break;
      case 'bias':
        if (initialisation === 'torch') draw();
        else values.fill(0);
        break;
      case 'gamma':
      case 'runningVariance':
        values.fill(1);
        break;
      case 'beta':
      case 'runningMean':
        values.fill(0);
    }
  }
  store.weightsChanged();
}

function drawn(length: number, distribution: Distribution, random: Random): Float64Array {
  return new Float64Array(length).map(() =>
    'bound' in distribution
      ? random.uniform(-distribution.bound, distribution.bound)
      : distribution.deviation * random.normal(),
  );
}
