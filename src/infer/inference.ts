/** Networks compiled for prediction: evaluation statistics, no dropout, only the nodes that the wanted heads need. */
import type { Backend, Values } from '../backend/backend.js';
import type { Tensor } from '../graph/graph.js';
import { levelsOf, type ModelConfig, upToLevel } from '../network/config.js';
import { levelsOfMode, type Mode } from '../network/mode.js';
import { type Network, type NetworkOptions, recordNetwork } from '../network/network.js';
import type { ParameterStore } from '../network/parameters.js';
import { mean, sigmoid, softmax } from '../ops/index.js';

/** A network with its values. */
export interface NetworkState {
  readonly config: ModelConfig;
  readonly backend: Backend;
  readonly parameters: ParameterStore;
}

export interface Inference {
  /** From images [N,H,W,inChannels] to the outputs, each [N,H,W,classes]. */
  run(images: ArrayLike<number>): Promise<Values[]>;
  free(): void;
}

/** What is computed: the logits of all heads, or the probabilities of a mode. */
export type InferenceOutput = 'logits' | Mode;

/** What a prediction computes, as symbols. */
export interface InferenceGraph {
  readonly network: Network;
  readonly outputs: readonly Tensor[];
}

export function recordInference(
  config: ModelConfig,
  output: InferenceOutput,
  size: Omit<NetworkOptions, 'training'>,
): InferenceGraph {
  const levels = output === 'logits' ? levelsOf(config) : levelsOfMode(output, config);
  // The network up to the deepest wanted head, so that a shallow head takes every size that it can.
  const network = recordNetwork(upToLevel(config, levels.at(-1)!), size);
  const logits = network.heads.filter(({ level }) => levels.includes(level)).map((head) => head.logits);
  return { network, outputs: output === 'logits' ? logits : [meanOf(logits.map(probabilities))] };
}

export function compileInference(
  { config, backend, parameters }: NetworkState,
  output: InferenceOutput,
  size: Omit<NetworkOptions, 'training'>,
): Inference {
  const { network, outputs } = recordInference(config, output, size);
  const program = backend.compile(outputs, parameters.bind(network), { constant: true });
  return {
    run(images) {
      program.write(network.input, images);
      program.run();
      return Promise.all(outputs.map((tensor) => program.read(tensor)));
    },
    free: () => program.free(),
  };
}

/** Of logits [N,H,W,classes]: sigmoid for one class, softmax for several. */
export function probabilities(logits: Tensor): Tensor {
  return logits.shape[3] === 1 ? sigmoid(logits) : softmax(logits);
}

/** The mean; of one tensor the tensor itself. */
export function meanOf(tensors: readonly Tensor[]): Tensor {
  return tensors.length === 1 ? tensors[0]! : mean(tensors);
}
