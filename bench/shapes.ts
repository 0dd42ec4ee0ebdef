/** Real layers: every distinct step of training the network, and of each op that is not among them the largest. */
import { Graph, type Tensor } from '../src/graph/graph.js';
import { type ModelConfig, parseConfig } from '../src/network/config.js';
import { countParameters, listParameters } from '../src/network/parameters.js';
import {
  adam,
  chunkNorms,
  clipRates,
  concat,
  gradients,
  lerp,
  lovaszLoss,
  sgd,
  sigmoid,
  softmax,
} from '../src/ops/index.js';
import { recordGradients } from '../src/train/step/gradient-graph.js';
import { distinctSteps, inOrder, type Step } from './step.js';

/** Networks with what the default lacks. */
const VARIANTS: readonly Partial<ModelConfig>[] = [
  { norm: 'group' },
  { upsample: 'bilinear' },
  { dropout: 0.5 },
  { classes: 4 },
];

/**
 * Lists the steps for one image.
 * @param filters channels of each level
 * @param size pixels a side
 */
export function layerSteps(filters: readonly number[], size: number): Step[] {
  const config = parseConfig({ filters }, 'bench');
  const training = (variant: Partial<ModelConfig>): Step[] => {
    return distinctSteps(recordGradients({ ...config, ...variant }, { batch: 1, height: size, width: size }).outputs);
  };
  const steps = training({});
  const others = [...VARIANTS.flatMap(training), ...distinctSteps(outsideOfTheNetwork(config, size))];
  for (const step of others.sort((a, b) => b.bytes - a.bytes)) {
    if (!steps.some(({ op }) => op === step.op)) steps.push(step);
  }
  return inOrder(steps);
}

/** Records optimizers, probabilities and the ops that no network of the family has. */
function outsideOfTheNetwork(config: ModelConfig, size: number): Tensor[] {
  const graph = new Graph();
  const leaf = (name: string, ...shape: number[]): Tensor => graph.input(name, shape);
  const count = countParameters(listParameters(config));
  const [p, g, m, v] = ['p', 'g', 'm', 'v'].map((name) => leaf(name, count)) as [Tensor, Tensor, Tensor, Tensor];
  const logits = leaf('logits', 1, size, size, 4);
  const features = leaf('features', 1, size, size, config.filters[0]!);
  const target = leaf('target', 1, size, size, 1);
  const differentiable = [sigmoid(logits), softmax(logits), concat([logits, features]), lovaszLoss(logits, target)];
  return [
    ...adam(p, g, m, v, leaf('rates', 4), {
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      decoupled: false,
    }),
    ...sgd(p, g, m, leaf('sgdRates', 2), { momentum: 0.9, weightDecay: 0 }),
    clipRates(chunkNorms(g), leaf('clippedRates', 4), 1),
    lerp(p, m, leaf('weight', 1)),
    ...differentiable.flatMap((y, k) => [y, ...gradients(y, [logits], leaf(`dy${k}`, ...y.shape))]),
  ];
}
