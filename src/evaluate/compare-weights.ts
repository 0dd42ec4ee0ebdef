/** What a model loses when its weights are stored smaller: scores before and after, and the pixels of masks that differ. */
import type { Dataset } from '../data/dataset.js';
import type { Image } from '../image/image.js';
import { type MaskRule, masksOf } from '../infer/masks.js';
import type { Bands } from '../infer/own-size.js';
import type { Model } from '../model/model.js';
import type { Mode } from '../network/mode.js';
import type { ScoreOptions } from './evaluate.js';
import { namesOf } from './labelled-batches.js';
import { predictedByMembers, scoredOutputs } from './members.js';
import { MetricAccumulator, type Scores } from './metrics.js';
import { Truths } from './truths.js';

export interface WeightComparison {
  /** How many images the scores are of. */
  readonly images: number;
  readonly mode: Mode;
  /** The scores of the one model, and below of the other. */
  readonly before: Scores;
  readonly after: Scores;
  /** The pixels of all masks, and how many of them are of another class with the other model. */
  readonly pixels: number;
  readonly changedPixels: number;
}

export interface CompareWeightsOptions
  extends Pick<
    ScoreOptions,
    'subset' | 'mode' | 'threshold' | 'postprocessing' | 'batch' | 'tiling' | 'tta' | 'signal' | 'onProgress'
  > {}

/**
 * Scores two models of one network and one card as `scoreModel` does, image by image beside each other.
 * @throws InputError as `evaluate` does
 */
export async function compareWeights(
  before: Model,
  after: Model,
  dataset: Dataset,
  options: CompareWeightsOptions,
): Promise<WeightComparison> {
  const names = namesOf(dataset, options.subset ?? 'validation');
  const truths = new Truths(dataset);
  const one = new ScoredModel(before, dataset, names, options);
  const other = new ScoredModel(after, dataset, names, { ...options, onProgress: undefined });
  const others = other.predictions;
  let [pixels, changedPixels] = [0, 0];
  for await (const { sample, bands } of one.predictions) {
    const { mask: truth } = await truths.of(sample);
    const mask = await one.add(bands, truth);
    const changed = await other.add((await others.next()).value!.bands, truth);
    pixels += mask.data.length;
    changedPixels += mask.data.filter((label, at) => label !== changed.data[at]).length;
  }
  const scores = { before: one.scores, after: other.scores };
  return { images: names.length, mode: one.mode, ...scores, pixels, changedPixels };
}

/** One of the models, in the mode that is scored. */
class ScoredModel {
  readonly mode: Mode;
  readonly predictions: ReturnType<typeof predictedByMembers>;
  readonly #rule: MaskRule;
  readonly #accumulator: MetricAccumulator;

  constructor(model: Model, dataset: Dataset, names: readonly string[], options: CompareWeightsOptions) {
    const members = [{ model, dataset }];
    const { mode, outputs, chosen } = scoredOutputs(members, options);
    // Of one model it is never 'auto'.
    this.mode = mode as Mode;
    this.#rule = outputs[chosen]!.rule;
    this.#accumulator = new MetricAccumulator(model.config.classes);
    this.predictions = predictedByMembers(members, [outputs[chosen]!], names, options);
  }

  get scores(): Scores {
    return this.#accumulator.scores();
  }

  async add(bands: Bands, truth: Image<Uint8Array>): Promise<Image<Uint8Array>> {
    const [mask] = await masksOf(bands, truth, [this.#rule]);
    this.#accumulator.add(mask!, truth);
    return mask!;
  }
}
