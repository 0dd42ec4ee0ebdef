/** Loss and scores of a model on labelled images, every head in one pass. */
import { Scope } from '../backend/scope.js';
import { InputError } from '../base/errors.js';
import type { Dataset, Sample } from '../data/dataset.js';
import type { Subset } from '../data/split/split.js';
import type { Image, Spacing } from '../image/image.js';
import { type Prediction, toMask } from '../infer/prediction.js';
import { DEFAULT_BATCH } from '../infer/predictor.js';
import type { LossOptions } from '../loss/loss.js';
import type { Model } from '../model/model.js';
import { resolveMode } from '../model/recommendation.js';
import { thresholdOf } from '../model/threshold.js';
import { levelsOf } from '../network/config.js';
import { levelName, type Mode, outputOf, outputsOf } from '../network/mode.js';
import { EvaluationProgram } from './evaluation-program.js';
import { type LabelledBatchesOptions, labelledBatches, namesOf } from './labelled-batches.js';
import { type ImageScores, MetricAccumulator, type MetricOptions, type Scores } from './metrics.js';

export interface HeadScores extends Scores {
  /** `L1`, `L2`, … */
  readonly head: string;
  /** A pixel whose probability was above it counted as foreground. */
  readonly threshold: number;
  /** The scores of each image, in the order of the subset, where they were asked for. */
  readonly perImage?: readonly NamedScores[];
}

/** The scores of one image, with its name. */
export interface NamedScores extends ImageScores {
  readonly image: string;
}

/** The scores of a model: those of a mode, and of every head. */
export interface ModelScores extends Scores {
  readonly images: number;
  /** The mode that the scores are of; those of every head are in `heads`. */
  readonly mode: Mode;
  /** A pixel whose probability was above it counted as foreground. */
  readonly threshold: number;
  readonly heads: readonly HeadScores[];
  /** The mode's scores of each image, in the order of the subset, where they were asked for. */
  readonly perImage?: readonly NamedScores[];
}

export interface Evaluation extends ModelScores {
  /** The training objective in evaluation mode, averaged over the heads; its terms over the batch see `batch` images. */
  readonly loss: number;
}

export interface ScoreOptions extends LabelledBatchesOptions, MetricOptions {
  /** Which images are scored. Default: 'validation'. */
  readonly subset?: Subset | 'all' | undefined;
  /** The mode whose scores are wanted; 'auto' is the recommended one, see `compareModes`. Default: 'accurate'. */
  readonly mode?: Mode | 'auto' | undefined;
  /** A pixel whose probability is above it is foreground. Default: the thresholds of the model, see `thresholdOf`. */
  readonly threshold?: number | undefined;
  /** Also list the scores of each image, for the mode and for every head. Default: false. */
  readonly perImage?: boolean | undefined;
  /** A function that is given each image as it is scored, with the mask that the mode makes of it. */
  readonly onImage?: ((image: EvaluatedImage) => void) | undefined;
}

/** An image, the mask that was predicted for it, and its scores. */
export interface EvaluatedImage {
  readonly sample: Sample;
  readonly prediction: Image<Uint8Array>;
  readonly scores: NamedScores;
}

export interface EvaluateOptions extends Omit<ScoreOptions, 'batch'> {
  /** How many images are computed at once. Default: 4. */
  readonly batch?: number | undefined;
  /** The loss that is measured. Default: the hybrid loss on every head. */
  readonly loss?: LossOptions | undefined;
}

/**
 * Measures a model at the size of the data set's samples. Where 2^depth does not divide it, images are padded by
 * reflection and the answers cropped back; the loss is then that of the padded images.
 * @throws InputError for a data set that does not fit the model, an empty subset, or a mode that the model does not have
 */
export async function evaluate(model: Model, dataset: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
  const { loss: objective, batch = DEFAULT_BATCH, ...scored } = options;
  const scope = new Scope(model.backend);
  const program = new EvaluationProgram(model, objective, scope);
  let loss = 0;
  const predict = async (samples: readonly Sample[]) => {
    const evaluated = await program.run(samples);
    loss += evaluated.loss * samples.length;
    return evaluated.heads;
  };
  try {
    const { images, mode, threshold, ...scores } = await scoreModel(model, dataset, { ...scored, batch }, predict);
    return { images, mode, threshold, loss: loss / images, ...scores };
  } finally {
    scope.free();
  }
}

/** Gives for each output, in the order of `outputsOf`, the predictions of all samples at their size. */
type PredictHeads = (samples: readonly Sample[]) => Promise<readonly (readonly Prediction[])[]>;

/**
 * Everything that `evaluate` gives except the loss, which takes time and memory of its own.
 * @param predict computes the predictions; by default the model does
 * @throws InputError as `evaluate` does
 */
export async function scoreModel(
  model: Model,
  dataset: Dataset,
  options: ScoreOptions,
  predict: PredictHeads = (samples) => model.heads(samples.map(({ image }) => image)),
): Promise<ModelScores> {
  const { subset = 'validation', perImage = false } = options;
  checkSpacing(options.spacing);
  const { config } = model;
  const mode = resolveMode(options.mode ?? 'accurate', model);
  const names = namesOf(dataset, subset);
  const outputs = outputsOf(config);
  const chosen = outputs.indexOf(outputOf(mode, config));
  const thresholds = outputs.map((output) => options.threshold ?? thresholdOf(model, output));
  const accumulators = outputs.map(() => new MetricAccumulator(config.classes, options));
  const images = outputs.map((): NamedScores[] => []);
  for await (const samples of labelledBatches(model, dataset, names, options)) {
    const heads = await predict(samples);
    for (const [n, sample] of samples.entries()) {
      for (const [k, accumulator] of accumulators.entries()) {
        const prediction = toMask(heads[k]![n]!, thresholds[k]);
        const scores = { image: sample.name, ...accumulator.add(prediction, sample.mask) };
        images[k]!.push(scores);
        if (k === chosen) options.onImage?.({ sample, prediction, scores });
      }
    }
  }
  const scores = accumulators.map((accumulator) => accumulator.scores());
  return {
    images: names.length,
    mode,
    threshold: thresholds[chosen]!,
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

/** @throws InputError for a spacing that is not two finite numbers above 0 */
function checkSpacing(spacing: Spacing = [1, 1]): void {
  if (spacing.length === 2 && spacing.every((size) => size > 0 && size < Infinity)) return;
  throw new InputError(`evaluate: spacing is [${spacing}], expected [row, column], two numbers above 0`);
}
