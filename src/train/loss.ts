/** The training objective: the hybrid loss on every head, averaged (deep supervision; Lee et al., 2015). */
import { InputError } from '../base/errors.js';
import type { Tensor } from '../graph/graph.js';
import type { Network } from '../model/network.js';
import { bceDice, ceDice, weightedSum } from '../ops/index.js';

export interface RecordedLoss {
  /** [N,H,W,1]: 0 and 1 for one class, else the class of each pixel. */
  readonly target: Tensor;
  /** [1] for each head, shallowest first. */
  readonly heads: readonly Tensor[];
  /** [1], their weighted mean. */
  readonly total: Tensor;
}

/**
 * Records the loss on the network's graph.
 * @param headWeights one for each head, shallowest first, of any positive sum; default: equal
 * @throws InputError for weights that do not fit the heads
 */
export function recordLoss(network: Network, headWeights?: readonly number[]): RecordedLoss {
  const { graph, input, heads } = network;
  const weights = headWeights ?? heads.map(() => 1);
  const sum = weights.reduce((a, b) => a + b, 0);
  if (weights.length !== heads.length || !weights.every((weight) => weight >= 0) || !(sum > 0 && sum < Infinity)) {
    throw new InputError(
      `headWeights: expected ${heads.length} numbers (one for each head), none negative and not all 0, found [${weights}]`,
    );
  }
  const target = graph.input('target', [...input.shape.slice(0, 3), 1]);
  const losses = heads.map(({ logits }) => (logits.shape[3] === 1 ? bceDice(logits, target) : ceDice(logits, target)));
  const total = weightedSum(
    losses,
    weights.map((weight) => weight / sum),
  );
  return { target, heads: losses, total };
}
