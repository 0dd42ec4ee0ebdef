/** The training objective: a loss on every head, averaged (deep supervision; Lee et al., 2015). */
import { InputError } from '../base/errors.js';
import type { Tensor } from '../graph/graph.js';
import type { TrainingSummary } from '../model/card.js';
import { levelsOf, type ModelConfig } from '../network/config.js';
import type { Network } from '../network/network.js';
import { type LossTerm, lossOf, weightedSum } from '../ops/index.js';
import { lossText, parseLoss } from './loss-text.js';

/** The training objective, as JSON. */
export interface LossOptions {
  /** The terms whose weighted sum is the loss. Default: 0.5 cross-entropy + (1 - Dice). */
  readonly terms?: readonly LossTerm[] | undefined;
  /** The weight of each head, shallowest first; their sum may be any above 0. Default: equal. */
  readonly headWeights?: readonly number[] | undefined;
  /** The weight of each class, background first; see `lossOf`. Default: equal. */
  readonly classWeights?: readonly number[] | undefined;
}

export interface RecordedLoss {
  /** The truth, [N,H,W,1]: 0 and 1 for one class, else the class of each pixel. */
  readonly target: Tensor;
  /** The loss of each head, shallowest first, each [1]. */
  readonly heads: readonly Tensor[];
  /** The weighted mean of the heads' losses, [1]. */
  readonly total: Tensor;
}

/**
 * Records the loss on the network's graph.
 * @throws InputError for options that do not fit the network
 */
export function recordLoss(network: Network, { terms, headWeights, classWeights }: LossOptions = {}): RecordedLoss {
  const { graph, input, heads } = network;
  const weights = headWeights ?? heads.map(() => 1);
  const sum = weights.reduce((a, b) => a + b, 0);
  if (weights.length !== heads.length || !weights.every((weight) => weight >= 0) || !(sum > 0 && sum < Infinity)) {
    throw new InputError(
      `headWeights: expected ${heads.length} numbers (one for each head), none negative and not all 0, found [${weights}]`,
    );
  }
  const target = graph.input('target', [...input.shape.slice(0, 3), 1]);
  const losses = heads.map(({ logits }) => lossOf(logits, target, terms, classWeights));
  const total = weightedSum(
    losses,
    weights.map((weight) => weight / sum),
  );
  return { target, heads: losses, total };
}

/** Whether a term sums over all images that are computed at once, so that it depends on the size of the micro-batch. */
export function spansImages({ terms = [] }: LossOptions): boolean {
  return terms.some((term) => 'over' in term && term.over === 'batch');
}

/** What a model says of its network and its training. */
interface TrainedNetwork {
  readonly config: ModelConfig;
  readonly card: { readonly training?: TrainingSummary | undefined };
}

/**
 * Returns the loss that a model was trained with, as far as its file says. It may hold anything: another version's loss,
 * or weights of heads that were pruned away.
 */
export function trainedLoss({ config, card }: TrainedNetwork): LossOptions {
  const { loss, headWeights, classWeights } = card.training ?? {};
  const terms = termsOf(loss);
  return {
    ...(terms && { terms }),
    ...(areWeights(headWeights, levelsOf(config).length) && { headWeights }),
    ...(areWeights(classWeights, Math.max(config.classes, 2)) && { classWeights }),
  };
}

/** The loss as the model's file holds it, where `trainedLoss` finds it. */
export function lossSummary({ terms, headWeights, classWeights }: LossOptions = {}): Readonly<Record<string, unknown>> {
  return { loss: lossText(terms), ...(headWeights && { headWeights }), ...(classWeights && { classWeights }) };
}

function termsOf(text: unknown): readonly LossTerm[] | undefined {
  try {
    return typeof text === 'string' ? parseLoss(text) : undefined;
  } catch {
    return undefined;
  }
}

function areWeights(value: unknown, count: number): value is number[] {
  if (!Array.isArray(value) || value.length !== count) return false;
  return value.every((item) => typeof item === 'number' && item >= 0) && value.some((item) => item > 0);
}
