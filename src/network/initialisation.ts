/**
 * Initial values. He: He et al., "Delving Deep into Rectifiers", 2015; Xavier: Glorot and Bengio, "Understanding the
 * difficulty of training deep feedforward neural networks", 2010; 'torch' is what `nn.Conv2d` and `nn.ConvTranspose2d`
 * do by themselves (in distribution: the random numbers are others).
 *
 * Each parameter draws from a stream of its own, keyed by seed and name, so that a network that is a part of another
 * starts from the same values. Only + - * / and square roots are used: the same bits on every machine.
 */
import { naturalLog } from '../base/math.js';
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

/** No class is taken to be rarer than this: the bias of a class that never occurs would be minus infinity. */
const LEAST_SHARE = 0.001;

/**
 * Weights as `initialisation` says; biases 0; norms start as the identity: gamma and running variance 1, beta and running
 * mean 0. 'torch' draws biases like weights. With all others, heads begin differently, so that none of them stays at Dice 0
 * for epochs, as they do where the foreground is small: the background then drives all weights of a head below 0, its
 * features die at the foreground, and nothing is left to tell it by.
 *
 * - The weights of a head have alternating signs, so that some features speak for a class from the beginning.
 * - Its bias is the logit of the class's share in the images, so that the background does not drive anything at first: the
 *   prior of T.-Y. Lin et al., "Focal Loss for Dense Object Detection", 2017, section 4.1.
 * @param shares the share of each class in the images, the background first; without it the biases of heads are 0
 */
export function initialise(
  store: ParameterStore,
  initialisation: Initialisation,
  seed: number,
  shares?: readonly number[],
): void {
  const key = fold(seedKey(seed), 'init');
  for (const parameter of store.list) {
    const { name, shape, kind, isHead } = parameter;
    const values = store.get(name);
    const isOurs = initialisation !== 'torch';
    const draw = () => drawn(values.length, WEIGHTS[initialisation](parameter), new Random(fold(key, name)));
    switch (kind) {
      case 'conv2d':
      case 'convTranspose2d':
        values.write(isHead && isOurs ? alternating(draw(), shape.at(-1)!) : draw());
        break;
      case 'bias':
        if (!isOurs) values.write(draw());
        else if (isHead && shares) values.write(priorLogits(shares));
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

/** The weights [inputs,classes] of a head with alternating signs, along the inputs and along the classes. */
function alternating(weights: Float64Array, classes: number): Float64Array {
  return weights.map((weight, i) => {
    const [input, label] = [Math.floor(i / classes), i % classes];
    return (input + label) % 2 === 0 ? Math.abs(weight) : -Math.abs(weight);
  });
}

/** The logits whose sigmoid, or softmax where there are several classes, are the shares. */
function priorLogits(shares: readonly number[]): Float64Array {
  const logs = shares.map((share) => naturalLog(Math.max(share, LEAST_SHARE)));
  return Float64Array.from(logs.length === 2 ? [logs[1]! - logs[0]!] : logs);
}

function drawn(length: number, distribution: Distribution, random: Random): Float64Array {
  return new Float64Array(length).map(() =>
    'bound' in distribution
      ? random.uniform(-distribution.bound, distribution.bound)
      : distribution.deviation * random.normal(),
  );
}
