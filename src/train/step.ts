/**
 * One training step: a mini-batch is cut into micro-batches, whose gradients are summed in order, so that memory depends
 * on the micro-batch and not on the batch. Batch norm takes its statistics over a micro-batch.
 */
import type { Backend, Program, Storage } from '../backend/backend.js';
import type { Image } from '../base/image.js';
import type { Key } from '../base/random.js';
import { Graph, type Tensor } from '../graph/graph.js';
import type { ModelConfig } from '../model/config.js';
import type { Parameter } from '../model/layers.js';
import { type Model, pack } from '../model/model.js';
import { type Network, type NetworkOptions, recordNetwork } from '../model/network.js';
import { isTrainable } from '../model/parameters.js';
import { add, gradients } from '../ops/index.js';
import { packMasks } from './batches.js';
import { type RecordedLoss, recordLoss } from './loss.js';
import { Optimizer, type OptimizerOptions } from './optimizer.js';

/** What a step learns from: one image as the network reads it. */
export interface Example {
  readonly image: Image<Float32Array>;
  /** The class of each pixel. */
  readonly mask: Image<Uint8Array>;
  /** Decides what dropout drops for this image. */
  readonly dropoutKey: Key;
}

export interface Losses {
  /** The weighted mean of the heads. */
  readonly total: number;
  /** Shallowest head first. */
  readonly heads: readonly number[];
}

/** Forward, loss and backward of one micro-batch, as symbols. */
export interface GradientGraph {
  readonly network: Network;
  readonly loss: RecordedLoss;
  /** [1]: the gradient of the mini-batch's loss with respect to this micro-batch's. */
  readonly upstream: Tensor;
  /** The gradient of each trainable parameter. */
  readonly gradients: ReadonlyMap<Parameter, Tensor>;
  readonly outputs: readonly Tensor[];
}

export function recordGradients(
  config: ModelConfig,
  size: Omit<NetworkOptions, 'training'>,
  headWeights?: readonly number[],
): GradientGraph {
  const network = recordNetwork(config, { ...size, training: true });
  const loss = recordLoss(network, headWeights);
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

/** A gradient graph compiled for one size of micro-batch. */
interface MicroBatch {
  readonly graph: GradientGraph;
  readonly program: Program;
}

export interface StepOptions extends OptimizerOptions {
  /** Of the images; multiples of 2^depth. */
  readonly width: number;
  readonly height: number;
  /** See `recordLoss`. */
  readonly headWeights?: readonly number[] | undefined;
}

export class TrainingStep {
  readonly optimizer: Optimizer;
  /** The gradients of the mini-batch so far, laid out as the trainable parameters. */
  readonly gradients: Storage;
  /** Those of one micro-batch. */
  readonly #part: Storage;
  readonly #addPart: Program;
  readonly #microBatches = new Map<number, MicroBatch>();
  /** Whether `gradients` holds anything yet. */
  #begun = false;

  constructor(
    readonly model: Model,
    readonly options: StepOptions,
  ) {
    const { backend, parameters } = model;
    this.gradients = backend.allocate(parameters.trainable.length);
    this.#part = backend.allocate(parameters.trainable.length);
    this.optimizer = new Optimizer(backend, parameters.trainable, this.gradients, options);
    this.#addPart = compileAdd(backend, this.gradients, this.#part);
  }

  /**
   * Forward and backward of one micro-batch; its gradients are added to those of the mini-batch, and running statistics
   * move.
   * @param batch images of the whole mini-batch
   * @returns the losses of these images, means over them
   */
  accumulate(examples: readonly Example[], batch: number): Losses {
    const { graph, program } = this.#microBatch(examples.length);
    const { network, loss, upstream } = graph;
    program.write(network.input, pack(examples.map(({ image }) => image)));
    program.write(loss.target, packMasks(examples.map(({ mask }) => mask)));
    program.write(upstream, [examples.length / batch]);
    if (network.keys) program.write(network.keys, packKeys(examples));
    program.run();
    const losses = { total: program.read(loss.total)[0]!, heads: loss.heads.map((head) => program.read(head)[0]!) };
    if (this.#begun) this.#addPart.run();
    else this.gradients.data.set(this.#part.data);
    this.#begun = true;
    return losses;
  }

  /** Ends the mini-batch: the optimizer takes its step, and the next micro-batch begins a new one. */
  update(learningRate: number): void {
    this.optimizer.step(learningRate);
    this.model.parameters.changed();
    this.#begun = false;
  }

  #microBatch(batch: number): MicroBatch {
    const known = this.#microBatches.get(batch);
    if (known) return known;
    const { parameters, backend, config } = this.model;
    const { height, width, headWeights } = this.options;
    const graph = recordGradients(config, { batch, height, width }, headWeights);
    const bound = parameters.bind(graph.network);
    for (const [parameter, tensor] of graph.gradients) bound.set(tensor, parameters.sliceOf(this.#part, parameter));
    // The new statistics take the place of the old, which nothing reads in training but the update itself.
    for (const { statistic, value } of graph.network.updates) bound.set(value, bound.get(statistic)!);
    const microBatch = { graph, program: backend.compile(graph.outputs, bound) };
    this.#microBatches.set(batch, microBatch);
    return microBatch;
  }
}

/** sum += part. */
function compileAdd(backend: Backend, sum: Storage, part: Storage): Program {
  const graph = new Graph();
  const [a, b] = ['sum', 'part'].map((name) => graph.parameter(name, [sum.length])) as [Tensor, Tensor];
  const result = add(a, b);
  const bound: [Tensor, Storage][] = [
    [a, sum],
    [b, part],
    [result, sum],
  ];
  return backend.compile([result], new Map(bound));
}

/** The dropout keys [N,4]: each in four 16-bit parts, low first, which float32 holds exactly. */
function packKeys(examples: readonly Example[]): number[] {
  return examples.flatMap(({ dropoutKey: [low, high] }) => [low & 0xffff, low >>> 16, high & 0xffff, high >>> 16]);
}
