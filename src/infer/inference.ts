/** Networks recorded and compiled for prediction, with running statistics and without dropout. */
import type { Allocator, Backend, Program, Values } from '../backend/backend.js';
import type { Tensor } from '../graph/graph.js';
import { sameShape, sizeOf } from '../graph/shape.js';
import { depthOf, type ModelConfig, upToLevel } from '../network/config.js';
import { levelName, levelsOfMode, type Output, outputsOf } from '../network/mode.js';
import { type Network, type NetworkOptions, recordNetwork } from '../network/network.js';
import type { ParameterStore } from '../network/parameters.js';
import { mean, sigmoid, softmax } from '../ops/index.js';

const FLOAT = 4;

/** What is computed: the logits of all heads, shallowest first, or the probabilities of the listed outputs. */
export type InferenceOutputs = 'logits' | readonly Output[];

/** The images that are computed at once: how many, and their size. */
export type InferenceSize = Pick<NetworkOptions, 'batch' | 'height' | 'width'>;

/** What a prediction computes, as symbols. */
export interface InferenceGraph {
  readonly network: Network;
  /** The outputs in the order in which they were listed, each [N,H,W,classes]. */
  readonly outputs: readonly Tensor[];
}

/**
 * Records the network up to the deepest head that is needed, so that a shallow head takes every size that it can.
 * @param recorded the network as it was recorded before, which is taken where it will do
 * @throws InputError for a size that cannot be halved so often
 */
export function recordInference(
  config: ModelConfig,
  outputs: InferenceOutputs,
  size: InferenceSize,
  recorded?: Network,
): InferenceGraph {
  const part = upToLevel(config, deepestLevel(config, outputs));
  const network = recorded && willDo(recorded, part, size) ? recorded : recordNetwork(part, size);
  if (outputs === 'logits') return { network, outputs: network.heads.map((head) => head.logits) };
  return { network, outputs: recordProbabilities(network, outputs) };
}

/** Whether a network has this size and all of `part`, and nothing follows its heads yet. */
function willDo({ graph, input, heads }: Network, part: ModelConfig, { batch, height, width }: InferenceSize): boolean {
  const { level, logits } = heads.at(-1)!;
  const isUnused = logits.node === graph.nodes.at(-1);
  return isUnused && level >= depthOf(part) && sameShape(input.shape, [batch, height, width, part.inChannels]);
}

/** The level of the deepest head that is needed: height and width must be multiples of 2 to the power of it. */
export function deepestLevel(config: ModelConfig, outputs: InferenceOutputs): number {
  const listed = outputs === 'logits' ? outputsOf(config) : outputs;
  return Math.max(...listed.flatMap((output) => levelsOfMode(output, config)));
}

/** Adds the probabilities of `outputs` to a network. Each head is computed once, however many outputs read it. */
export function recordProbabilities({ heads }: Network, outputs: readonly Output[]): Tensor[] {
  const needed = heads.filter(({ level }) => outputs.includes('accurate') || outputs.includes(levelName(level)));
  const probs = new Map(needed.map(({ level, logits }) => [levelName(level), probabilities(logits)]));
  return outputs.map((output) => (output === 'accurate' ? meanOf([...probs.values()]) : probs.get(output)!));
}

/** A sigmoid of the logits [N,H,W,classes] where there is one class, a softmax where there are several. */
function probabilities(logits: Tensor): Tensor {
  return logits.shape[3] === 1 ? sigmoid(logits) : softmax(logits);
}

/** The mean; of one tensor the tensor itself. */
function meanOf(tensors: readonly Tensor[]): Tensor {
  return tensors.length === 1 ? tensors[0]! : mean(tensors);
}

/** The bytes that computing takes beside parameters: working memory, and what the network reads and says, packed and not. */
export function computingBytes({ network, outputs }: InferenceGraph, backend: Backend): number {
  const planned = backend.plan(outputs, new Set(network.parameters.keys()), { constant: true });
  const values = [network.input, ...outputs].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return FLOAT * (planned.length + 2 * values);
}

/** A recorded network, compiled with its values and ready to run again and again. */
export class Inference {
  readonly #program: Program;

  /** @param allocator makes the program; by default it is the backend that holds the parameters */
  constructor(
    readonly graph: InferenceGraph,
    parameters: ParameterStore,
    allocator: Allocator = parameters.backend,
  ) {
    this.#program = allocator.compile(graph.outputs, parameters.bind(graph.network), { constant: true });
  }

  /**
   * The values of the outputs for images [N,H,W,inChannels].
   * @param more values of other inputs that the outputs need, such as the masks of a loss
   */
  run(images: ArrayLike<number>, more: ReadonlyMap<Tensor, ArrayLike<number>> = new Map()): Promise<Values[]> {
    const { network, outputs } = this.graph;
    this.#program.write(network.input, images);
    for (const [input, values] of more) this.#program.write(input, values);
    this.#program.run();
    return Promise.all(outputs.map((tensor) => this.#program.read(tensor)));
  }

  free(): void {
    this.#program.free();
  }
}
