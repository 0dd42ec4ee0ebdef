/** Loss and scores of a model on labelled images, every head in one pass. */
import { Scope } from '../backend/scope.js';
import { InputError } from '../base/errors.js';
import type { Group } from '../base/ranks/group.js';
import { show } from '../base/show.js';
import type { Dataset } from '../data/dataset.js';
import type { Subset } from '../data/split/split.js';
import { cutFromFrame } from '../image/frame.js';
import type { Image, Spacing } from '../image/image.js';
import { type MaskRule, masksOf } from '../infer/masks.js';
import { DEFAULT_BATCH } from '../infer/predictor.js';
import { averaged } from '../infer/tta.js';
import type { LossOptions } from '../loss/loss.js';
import type { Model } from '../model/model.js';
import type { MaskOptions } from '../model/postprocessing.js';
import { resolveMode } from '../model/recommendation.js';
import { depthOf } from '../network/config.js';
import type { Mode } from '../network/mode.js';
import { dealt, type MeasuredImage, type Sharing } from './dealt.js';
import { EvaluationProgram } from './evaluation-program.js';
import { namesOf } from './labelled-batches.js';
import { type Member, predictedByMembers, type ScoredOptions, type ScoredOutput, scoredOutputs } from './members.js';
import { type ImageScores, type Measures, MetricAccumulator, type Scores } from './metrics.js';
import type { OwnSizeOptions, PredictHeads } from './own-size.js';
import { type PatientScores, patientScores } from './patients.js';
import { type Truth, Truths } from './truths.js';

export interface HeadScores extends Scores, MaskRule {
  /** `L1`, `L2`, … */
  readonly head: string;
  /** The scores of each image, in the order of the subset; absent unless `perImage` is set. */
  readonly perImage?: readonly NamedScores[];
  /** The scores by patient, as in `ModelScores`. */
  readonly patients?: PatientScores;
}

/** The scores of one image, with its name. */
export interface NamedScores extends ImageScores {
  readonly image: string;
}

/** The scores of a model: those of a mode, and of every head. */
export interface ModelScores extends Scores, MaskRule {
  readonly images: number;
  /**
   * The mode that the scores are of; those of every head are in `heads`. It is 'auto' only of several models for which
   * different modes are recommended.
   */
  readonly mode: Mode | 'auto';
  readonly heads: readonly HeadScores[];
  /** The unit of distances; absent unless `distances` is set. */
  readonly distanceUnit?: 'px' | 'mm';
  /** The mode's scores of each image, in the order of the subset; absent unless `perImage` is set. */
  readonly perImage?: readonly NamedScores[];
  /** The scores by patient; absent unless `perImage` is set and the patient of every image is known. */
  readonly patients?: PatientScores;
}

export interface Evaluation extends ModelScores {
  readonly mode: Mode;
  /** The training objective in evaluation mode, averaged over the heads; its terms over the batch see `batch` images. */
  readonly loss: number;
}

export interface ScoreOptions extends OwnSizeOptions, MaskOptions, Measures {
  /** The size of a pixel of the stored images. Default: what each image says, else distances are in pixels. */
  readonly spacing?: Spacing | undefined;
  /** The stored masks, kept from one evaluation of the data set to the next. Default: they are read anew. */
  readonly truths?: Truths | undefined;
  /** Which images are scored. Default: 'validation'. */
  readonly subset?: Subset | 'all' | undefined;
  /** The mode whose scores are wanted; 'auto' is the recommended one, see `compareModes`. Default: 'accurate'. */
  readonly mode?: Mode | 'auto' | undefined;
  /** Also list the scores of each image, for the mode and for every head. Default: false. */
  readonly perImage?: boolean | undefined;
  /** A function that is given each image as it is scored, with the mask that the mode makes of it. */
  readonly onImage?: ((image: EvaluatedImage) => void) | undefined;
}

/** An image as the network saw it, and both masks at its own size. */
export interface EvaluatedImage {
  /** The image as the network saw it, without its padding. */
  readonly image: Image<Float32Array>;
  /** The mask as it is stored. */
  readonly truth: Image<Uint8Array>;
  readonly prediction: Image<Uint8Array>;
  readonly scores: NamedScores;
}

export interface EvaluateOptions extends Omit<ScoreOptions, 'batch'> {
  /** How many images are computed at once. Default: 4. */
  readonly batch?: number | undefined;
  /** The loss that is measured. Default: the hybrid loss on every head. */
  readonly loss?: LossOptions | undefined;
  /**
   * The processes that share the images, each of which calls this with the same model; all get the result of one that
   * measures them all. `onImage` is told of the images of its process. Default: this one measures all.
   */
  readonly group?: Group | undefined;
}

/**
 * Measures a model as it is used: what it predicts is brought back to the own size of each image, as `Model.predict` does,
 * and the masks made of it are compared with the masks as they are stored. The loss is that of the samples, at the size at
 * which the network sees them; where 2^depth does not divide it, images are padded by reflection, and the loss is that of
 * the padded images. For an image that is tiled it is the mean over its tiles. With `tta` it is that of the images as they
 * are, without their copies.
 * @throws InputError for a data set that does not fit the model, an empty subset, or a mode that the model does not have
 */
export async function evaluate(model: Model, dataset: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
  const { loss: objective, batch = DEFAULT_BATCH, tta = 'none', group, ...scored } = options;
  const mode = resolveMode(scored.mode ?? 'accurate', model);
  const scope = new Scope(model.backend);
  const program = new EvaluationProgram(model, objective, scope);
  /** The parts of the loss, in order. */
  const losses: number[] = [];
  const averaging = { tta, multiple: 2 ** depthOf(model.config) };
  const predict: PredictHeads = (samples, share) =>
    averaged(samples[0]!.image, averaging, async (move, isItself) => {
      const copies = samples.map(({ name, image, mask }) => ({ name, image: move(image), mask: move(mask) }));
      const evaluated = await program.run(copies);
      if (isItself) losses.push(evaluated.loss * samples.length * share);
      return evaluated.heads;
    });
  try {
    const sharing = group && { group, losses };
    const measured = await scoreMembers([{ model, dataset }], { ...scored, mode, batch }, predict, sharing);
    const { images, mode: _, threshold, postprocessing, ...scores } = measured;
    const loss = losses.reduce((sum, part) => sum + part, 0) / images;
    return { images, mode, threshold, ...(postprocessing && { postprocessing }), loss, ...scores };
  } finally {
    scope.free();
  }
}

/**
 * Everything that `evaluate` gives except the loss, which takes time and memory of its own.
 * @param predict computes the predictions; by default the model does
 * @throws InputError as `evaluate` does
 */
export function scoreModel(
  model: Model,
  dataset: Dataset,
  options: ScoreOptions,
  predict?: PredictHeads,
): Promise<ModelScores> {
  return scoreMembers([{ model, dataset }], options, predict);
}

/**
 * What `scoreModel` gives, of the mean of several models; of their heads only where all have the same.
 * @param members models that tell the same classes apart, at least one; the images of the first are scored
 * @param predict computes the predictions of an only member; by default each model does
 * @param sharing the group that shares the images; by default this process measures all
 * @throws InputError as `evaluate` does
 */
export async function scoreMembers(
  members: readonly Member[],
  options: ScoreOptions & Pick<ScoredOptions, 'thresholds'>,
  predict?: PredictHeads,
  sharing?: Sharing,
): Promise<ModelScores> {
  const { model, dataset } = members[0]!;
  const { subset = 'validation', perImage = false, distances = false, spacing } = options;
  checkSpacing(spacing);
  const { config } = model;
  const names = namesOf(dataset, subset);
  const { mode, outputs, chosen } = scoredOutputs(members, options);
  const rules = outputs.map(({ rule }) => rule);
  const accumulators = outputs.map(() => new MetricAccumulator(config.classes, options));
  const images = outputs.map((): NamedScores[] => []);
  const units = new DistanceUnit(spacing);
  const measure = (some: readonly string[], told: ScoreOptions) =>
    measuredImages(members, outputs, some, { ...told, measurer: accumulators[0]!, units }, predict);
  // Images that keep their own size are computed one at a time.
  const batch = dataset.sampler.kind === 'patch' ? 1 : options.batch;
  const measured = sharing
    ? dealt(names, sharing, { ...options, batch }, (some) => measure(some, { ...options, onProgress: undefined }))
    : measure(names, options);
  for await (const image of measured) {
    for (const [k, cases] of image.cases.entries()) {
      const scores = { image: image.name, ...accumulators[k]!.addCases(cases) };
      images[k]!.push(scores);
      if (k === chosen && 'seen' in image) options.onImage?.({ ...image.seen(k), scores });
    }
  }
  const scores = accumulators.map((accumulator) => accumulator.scores());
  const listed = (k: number) => perImage && { perImage: images[k]!, ...patientScores(images[k]!, dataset.records) };
  return {
    images: names.length,
    mode,
    ...rules[chosen]!,
    ...(distances && { distanceUnit: units.unit }),
    ...scores[chosen]!,
    heads: outputs.flatMap(({ head, rule }, k) =>
      head === undefined ? [] : [{ head, ...rule, ...scores[k]!, ...listed(k) }],
    ),
    ...listed(chosen),
  };
}

interface MeasuringOptions extends ScoreOptions {
  /** Measures; nothing is added to it. */
  readonly measurer: MetricAccumulator;
  readonly units: DistanceUnit;
}

/** An image that this process has measured. */
interface SeenImage extends MeasuredImage {
  /** Gives the image and its masks, that of output `k` among them. */
  seen(k: number): Omit<EvaluatedImage, 'scores'>;
}

/** Predicts and measures images, one after the other. */
async function* measuredImages(
  members: readonly Member[],
  outputs: readonly ScoredOutput[],
  names: readonly string[],
  options: MeasuringOptions,
  predict?: PredictHeads,
): AsyncGenerator<SeenImage, void, void> {
  const { dataset } = members[0]!;
  const { distances = false, spacing, truths = new Truths(dataset), measurer, units } = options;
  const rules = outputs.map(({ rule }) => rule);
  for await (const { sample, frame, bands } of predictedByMembers(members, outputs, names, options, predict)) {
    const { name, image } = sample;
    const truth = await truths.of(sample, distances && !spacing);
    const pixel = distances ? units.spacingOf(name, truth) : undefined;
    const masks = await masksOf(bands, truth.mask, rules);
    const cases = masks.map((mask) => measurer.measure(mask, truth.mask, pixel));
    const seen = (k: number) => ({ image: cutFromFrame(image, frame), truth: truth.mask, prediction: masks[k]! });
    yield { name, cases, seen };
  }
}

/** The unit of distances: millimetres where the size of a pixel is given or known of every image, else pixels. */
class DistanceUnit {
  #first: { readonly name: string; readonly known: boolean } | undefined;

  /** @param given the size of a pixel of every image */
  constructor(readonly given: Spacing | undefined) {}

  get unit(): 'px' | 'mm' {
    return this.given || this.#first?.known ? 'mm' : 'px';
  }

  /** @throws InputError where some images say how large their pixels are, and others do not */
  spacingOf(name: string, { spacing }: Truth): Spacing | undefined {
    if (this.given) return this.given;
    const known = spacing !== undefined;
    this.#first ??= { name, known };
    if (known === this.#first.known) return spacing;
    const [says, silent] = known ? [name, this.#first.name] : [this.#first.name, name];
    throw new InputError(
      `${show(says)} says how large its pixels are, ${show(silent)} does not, so that distances have no common unit; give the spacing for all`,
    );
  }
}

/** @throws InputError for a spacing that is not two finite numbers above 0 */
function checkSpacing(spacing: Spacing = [1, 1]): void {
  if (spacing.length === 2 && spacing.every((size) => size > 0 && size < Infinity)) return;
  throw new InputError(`evaluate: spacing is [${spacing}], expected [row, column], two numbers above 0`);
}
