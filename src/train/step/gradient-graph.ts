/** The computation of a micro-batch, as symbols: forward on all heads, the loss, backward. */
import type { Tensor } from '../../graph/graph.js';
import { type LossOptions, type RecordedLoss, recordLoss } from '../../loss/loss.js';
import type { ModelConfig } from '../../network/config.js';
import type { Parameter } from '../../network/layers.js';
import { type Network, type NetworkOptions, recordNetwork } from '../../network/network.js';
import { isTrainable } from '../../network/parameters.js';
import { gradients } from '../../ops/index.js';

/** Forward, loss and backward of one micro-batch, as symbols. */
export interface GradientGraph {
  readonly network: Network;
  readonly loss: RecordedLoss;
  /** The gradient of the mini-batch's loss with respect to this micro-batch's, [1]. */
  readonly upstream: Tensor;
  /** The gradient of each trainable parameter. */
  readonly gradients: ReadonlyMap<Parameter, Tensor>;
  readonly outputs: readonly Tensor[];
}

export function recordGradients(
  config: ModelConfig,
  size: Omit<NetworkOptions, 'training'>,
  options?: LossOptions,
): GradientGraph {
  const network = recordNetwork(config, { ...size, training: true });
  const loss = recordLoss(network, options);
  const upstream = network.graph.input('upstream', [1]);
  const trainable = [...network.parameters].filter(([, parameter]) => isTrainable(parameter));
  const leaves = trainable.map(([leaf]) => leaf);
  const tensors = gradients(loss.total, leaves, upstream);
  return {
    network,
    loss,
    upstream,
    gradients: new Map(trainable.map(([, parameter], k) => [parameter, tensors[k]!])),
    outputs: [loss.total, ...loss.heads, ...tensors, ...network.updates.map(({ value }) => value)],
  };
}
