/** The heads of a model and its loss on labelled images, computed in one pass. */
import type { Allocator } from '../backend/backend.js';
import { LruCache } from '../base/lru-cache.js';
import type { Sample } from '../data/dataset.js';
import type { Size } from '../image/frame.js';
import { Batch } from '../infer/batch.js';
import { Inference, type InferenceGraph, recordProbabilities } from '../infer/inference.js';
import type { Prediction } from '../infer/prediction.js';
import { type LossOptions, type RecordedLoss, recordLoss } from '../loss/loss.js';
import type { Model } from '../model/model.js';
import { depthOf, type ModelConfig } from '../network/config.js';
import { outputsOf } from '../network/mode.js';
import { recordNetwork } from '../network/network.js';

/** Forward and loss of a batch, as symbols. Its outputs are the loss and then those of `outputsOf`. */
export interface EvaluationGraph extends InferenceGraph {
  readonly loss: RecordedLoss;
}

/** @param size the height and width of the images, multiples of 2^depth */
export function recordEvaluation(
  config: ModelConfig,
  batch: number,
  { width, height }: Size,
  options?: LossOptions,
): EvaluationGraph {
  const network = recordNetwork(config, { batch, height, width });
  const loss = recordLoss(network, options);
  return { network, loss, outputs: [loss.total, ...recordProbabilities(network, outputsOf(config))] };
}

export interface EvaluatedBatch {
  /** The mean loss over the samples. */
  readonly loss: number;
  /** The predictions of all samples for each output, in the order of `outputsOf`. */
  readonly heads: Prediction[][];
}

interface Compiled {
  readonly inference: Inference;
  readonly loss: RecordedLoss;
}

/** How many compiled networks are kept; each holds memory of its backend. */
const PROGRAMS = 8;

/** Compiles the network with its loss once for each size of a batch and of its images. */
export class EvaluationProgram {
  readonly #compiled = new LruCache<Compiled>(PROGRAMS, ({ inference }) => inference.free());

  /** @param allocator makes the programs; a `Scope`, for example, frees them */
  constructor(
    readonly model: Model,
    readonly loss: LossOptions | undefined,
    readonly allocator: Allocator,
  ) {}

  async run(samples: readonly Sample[]): Promise<EvaluatedBatch> {
    const { config } = this.model;
    const multiple = 2 ** depthOf(config);
    const images = new Batch(
      samples.map(({ image }) => image),
      multiple,
    );
    const masks = new Batch(
      samples.map(({ mask }) => mask),
      multiple,
    );
    const { inference, loss } = this.#compile(samples.length, images);
    const values = await inference.run(images.data, new Map([[loss.target, masks.data]]));
    const [total, ...heads] = values;
    return { loss: total![0]!, heads: heads.map((probs) => images.predictions(probs, config.classes)) };
  }

  #compile(batch: number, { width, height }: Size): Compiled {
    const { config, parameters } = this.model;
    return this.#compiled.get(`${batch}x${height}x${width}`, () => {
      const graph = recordEvaluation(config, batch, { width, height }, this.loss);
      return { inference: new Inference(graph, parameters, this.allocator), loss: graph.loss };
    });
  }
}
