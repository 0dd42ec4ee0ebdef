/** Loss and scores of a model on labelled images, every head in one pass. */

import type { Values } from '../backend/backend.js';
import { Scope } from '../backend/scope.js';
import { checkCount } from '../base/checks.js';
import { chunks } from '../base/chunks.js';
import { InputError } from '../base/errors.js';
import { yieldToEventLoop } from '../base/event-loop.js';
import { show } from '../base/show.js';
import type { Dataset, Sample } from '../data/dataset.js';
import type { Subset } from '../data/split/split.js';
import type { Tensor } from '../graph/graph.js';
import type { Spacing } from '../image/distance.js';
import { pack } from '../image/pack.js';
import { cropBack, type Padded, padReflect } from '../image/pad.js';
import { meanOf, probabilities } from '../infer/inference.js';
import { type Prediction, toMask } from '../infer/prediction.js';
import { type LossOptions, type RecordedLoss, recordLoss } from '../loss/loss.js';
import type { Model } from '../model/model.js';
import { resolveMode } from '../model/recommendation.js';
import { thresholdOf } from '../model/threshold.js';
import { depthOf, levelsOf, type ModelConfig } from '../network/config.js';
import { levelName, type Mode, outputOf, outputsOf } from '../network/mode.js';
import { type Network, recordNetwork } from '../network/network.js';
import { type ImageScores, MetricAccumulator, type MetricOptions, type Scores } from './metrics.js';

export interface HeadScores extends Scores {
  /** `L1`, `L2`, … */
  readonly head: string;
  /** Above this probability a pixel counted as foreground. */
  readonly threshold: number;
  /** In the order of the subset, where they were asked for. */
  readonly perImage?: readonly NamedScores[];
}

/** Of one image. */
export interface NamedScores extends ImageScores {
  readonly image: string;
}

export interface Evaluation extends Scores {
  readonly images: number;
  /** What the scores are of; those of every head are in `heads`. */
  readonly mode: Mode;
  /** Above this probability a pixel counted as foreground. */
  readonly threshold: number;
  /** The training objective, the mean over the heads, in evaluation mode; of images as they were computed at once. */
  readonly loss: number;
  readonly heads: readonly HeadScores[];
  /** The mode's, in the order of the subset, where they were asked for. */
  readonly perImage?: readonly NamedScores[];
}

export interface EvaluateOptions extends PredictHeadsOptions, MetricOptions {
  /** Default: 'validation'. */
  readonly subset?: Subset | 'all';
  /** 'auto': the recommended one, see `compareModes`. Default: 'accurate'. */
  readonly mode?: Mode | 'auto';
  /** Above this probability a pixel is foreground. Default: those of the model, see `thresholdOf`. */
  readonly threshold?: number | undefined;
  /** Also list the scores of each image, for the mode and for every head. Default: false. */
  readonly perImage?: boolean;
}

/**
 * Scores at the data set's size. Where 2^depth does not divide it, images are padded by reflection and the answers
 * cropped back; the loss is then that of the padded images.
 * @throws InputError for a data set that does not fit the model, an empty subset, or a mode that the model does not have
 */
export async function evaluate(model: Model, dataset: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
  const { subset = 'validation', perImage = false } = options;
  checkSpacing(options.spacing);
  const { config } = model;
  const mode = resolveMode(options.mode ?? 'accurate', model);
  const names = namesOf(dataset, subset);
  const outputs = outputsOf(config);
  const chosen = outputs.indexOf(outputOf(mode, config));
  const thresholds = outputs.map((output) => options.threshold ?? thresholdOf(model, output));
  const tallies = outputs.map(() => new MetricAccumulator(config.classes, options));
  const images = outputs.map((): NamedScores[] => []);
  let loss = 0;
  for await (const batch of predictHeads(model, dataset, names, options)) {
    loss += batch.loss * batch.samples.length;
    for (const { sample, predictions } of batch.samples) {
      for (const [k, tally] of tallies.entries()) {
        const scores = tally.add(toMask(predictions[k]!, thresholds[k]), sample.mask);
        images[k]!.push({ image: sample.name, ...scores });
      }
    }
  }
  const scores = tallies.map((tally) => tally.scores());
  return {
    images: names.length,
    mode,
    threshold: thresholds[chosen]!,
    loss: loss / names.length,
    ...scores[chosen]!,
    heads: levelsOf(config).map((level, k) => ({
      head: levelName(level),
      threshold: thresholds[k]!,
      ...scores[k]!,
      ...(perImage && { perImage: images[k]! }),
    })),
    ...(perImage && { perImage: images[chosen]! }),
  };
}

export interface PredictHeadsOptions {
  /** Images computed at once; default 4. */
  readonly batch?: number;
  /** The loss that is told. Default: the hybrid loss on every head. */
  readonly loss?: LossOptions | undefined;
  /** Ends the work with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface PredictedBatch {
  readonly samples: readonly {
    readonly sample: Sample;
    /** In the order of `outputsOf`, at the sample's size. */
    readonly predictions: readonly Prediction[];
  }[];
  /** The mean over these samples. */
  readonly loss: number;
}

/**
 * What every head says of the samples `names`, in one pass, a batch at a time.
 * @throws InputError for a data set that does not fit the model
 */
export async function* predictHeads(
  { config, backend, parameters, preprocessing }: Model,
  dataset: Dataset,
  names: readonly string[],
  { batch = 4, loss: options, signal, onProgress }: PredictHeadsOptions = {},
): AsyncGenerator<PredictedBatch, void, void> {
  checkCount(batch, 'evaluate: batch');
  checkFits(config, dataset);
  if (dataset.normalisation !== preprocessing.normalisation) {
    const asked = `open it with the normalisation of the model, "${preprocessing.normalisation}"`;
    throw new InputError(`${dataset.source}: images are normalised by ${show(dataset.normalisation)}; ${asked}`);
  }
  const multiple = 2 ** depthOf(config);
  const size = Math.ceil(dataset.size / multiple) * multiple;
  const scope = new Scope(backend);
  const compile = (count: number) => {
    const graph = recordEvaluation(config, count, size, options);
    return { graph, program: scope.compile(graph.outputs, parameters.bind(graph.network), { constant: true }) };
  };
  const compiled = new Map<number, ReturnType<typeof compile>>();
  let done = 0;
  try {
    for (const chunk of chunks(names, batch)) {
      const samples = await Promise.all(chunk.map((name) => dataset.load(name)));
      signal?.throwIfAborted();
      const { graph, program } = compiled.get(samples.length) ?? compile(samples.length);
      compiled.set(samples.length, { graph, program });
      const targets = samples.map(({ mask }) => padReflect(mask, multiple));
      program.write(graph.network.input, pack(samples.map(({ image }) => padReflect(image, multiple).image)));
      program.write(graph.loss.target, pack(targets.map(({ image }) => image)));
      program.run();
      const [loss, ...outputs] = await Promise.all(graph.outputs.map((tensor) => program.read(tensor)));
      const predictions = outputs.map((probs) => unpack(probs, targets, size, config.classes, samples[0]!.mask));
      yield {
        samples: samples.map((sample, n) => ({ sample, predictions: predictions.map((ofHead) => ofHead[n]!) })),
        loss: loss![0]!,
      };
      done += samples.length;
      onProgress?.(done, names.length);
      await yieldToEventLoop();
    }
  } finally {
    scope.free();
  }
}

/** @throws InputError */
function checkSpacing(spacing: Spacing = [1, 1]): void {
  if (spacing.length === 2 && spacing.every((size) => size > 0 && size < Infinity)) return;
  throw new InputError(`evaluate: spacing is [${spacing}], expected [row, column], two numbers above 0`);
}

/** @throws InputError for a subset without images */
export function namesOf({ split, source }: Dataset, subset: Subset | 'all'): readonly string[] {
  const names = subset === 'all' ? [...split.train, ...split.validation, ...split.test] : split[subset];
  if (names.length === 0) {
    const sizes = `${split.train.length} train, ${split.validation.length} validation and ${split.test.length} test images`;
    throw new InputError(`${source}: the subset "${subset}" holds no image; there are ${sizes}`);
  }
  return names;
}

/** Forward and loss of a batch, as symbols. */
export interface EvaluationGraph {
  readonly network: Network;
  readonly loss: RecordedLoss;
  /** The probabilities of each head, shallowest first, and last their mean. */
  readonly probs: readonly Tensor[];
  /** The loss, then the distinct ones of `probs`. */
  readonly outputs: readonly Tensor[];
}

export function recordEvaluation(
  config: ModelConfig,
  batch: number,
  size: number,
  options?: LossOptions,
): EvaluationGraph {
  const network = recordNetwork(config, { batch, height: size, width: size });
  const loss = recordLoss(network, options);
  const heads = network.heads.map(({ logits }) => probabilities(logits));
  const probs = [...heads, meanOf(heads)];
  return { network, loss, probs, outputs: [loss.total, ...new Set(probs)] };
}

/** The predictions that lie in the probabilities [N,size,size,classes], each cut to the sample that was padded. */
function unpack(
  probs: Values,
  samples: readonly Padded<Uint8Array>[],
  size: number,
  classes: number,
  { width, height }: { width: number; height: number },
): Prediction[] {
  const length = size * size * classes;
  return samples.map((place, n) => {
    const data = new Float32Array(probs.subarray(n * length, (n + 1) * length));
    const image = cropBack({ width: size, height: size, channels: classes, data }, place, width, height);
    return { width, height, classes, probs: image.data };
  });
}

/** Output channels for a data set: one class needs one probability, several are told apart from the background too. */
export function outputsFor({ classes }: Pick<Dataset, 'classes'>): number {
  return classes === 1 ? 1 : classes + 1;
}

/** @throws InputError unless the images have the channels and the masks the classes that the network has */
export function checkFits(config: ModelConfig, { source, channels, classes }: Dataset): void {
  if (channels !== config.inChannels) {
    throw new InputError(
      `${source}: images have ${channels} channels, the network reads ${config.inChannels}; open the data with channels ${config.inChannels} or build the network with inChannels ${channels}`,
    );
  }
  const expected = outputsFor({ classes });
  if (expected !== config.classes) {
    throw new InputError(
      `${source}: masks have ${classes} foreground ${classes === 1 ? 'class' : 'classes'}, for which a network needs ${expected} output channels; this one has ${config.classes} (config.classes)`,
    );
  }
}
