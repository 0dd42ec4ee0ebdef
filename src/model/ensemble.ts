/** Several models that predict together: the mean of what each of them says. */
import { InputError } from '../base/errors.js';
import { plural } from '../base/quantities.js';
import { mean } from '../base/statistics.js';
import type { Image } from '../image/image.js';
import { meanBands } from '../infer/mean-bands.js';
import { joinBands, masksOf } from '../infer/own-size.js';
import type { Prediction } from '../infer/prediction.js';
import type { Mode } from '../network/mode.js';
import type { Model, PredictOptions } from './model.js';
import { resolveMode } from './recommendation.js';
import { thresholdOf } from './threshold.js';

/** Models that tell the same classes apart. See `ensemble`. */
export class Ensemble {
  /** Callers use `ensemble`. */
  constructor(readonly models: readonly Model[]) {}

  /** The output channels of each model, as `ModelConfig.classes`. */
  get classes(): number {
    return this.models[0]!.config.classes;
  }

  /**
   * Predicts the probabilities [height,width,classes] of an image, at its own size: the mean of those of the models, each
   * of which sees the image by its own preprocessing and is used by the mode, 'auto' being the one recommended for it.
   * @throws InputError for an image that does not fit a model, or a mode that one does not have
   */
  async predict(image: Image, options: PredictOptions = {}): Promise<Prediction> {
    return (await joinBands(this.bands(image, options), image))[0]!;
  }

  /**
   * Predicts the mask of an image as `toMask` makes it of what `predict` gives. The probabilities of a large image are
   * never there as a whole where the models keep its size.
   * @throws InputError as `predict` does
   */
  async predictMask(
    image: Image,
    options: PredictOptions & { readonly threshold: number },
  ): Promise<Image<Uint8Array>> {
    return (await masksOf(this.bands(image, options), image, [options.threshold]))[0]!;
  }

  /**
   * The probabilities of an image in bands, as `Model.bands` gives them.
   * @throws InputError as `predict` does
   */
  bands(image: Image, options: PredictOptions = {}): AsyncGenerator<readonly Prediction[], void, void> {
    return meanBands(this.models.map((model) => model.bands(image, options)));
  }

  /** The mean of the thresholds of the models in this mode; see `thresholdOf`. */
  threshold(mode: Mode | 'auto' = 'accurate'): number {
    return mean(this.models.map((model) => thresholdOf(model, resolveMode(mode, model))));
  }
}

/**
 * Lets several models predict together. They may differ in network, size and preprocessing, and in their backends; where
 * they share one they compute one after the other in the same working memory.
 * @param models at least one
 * @param names what errors call the models; by default they are counted
 * @throws InputError unless all of them tell the same number of classes apart
 */
export function ensemble(
  models: readonly Model[],
  names: readonly string[] = models.map((_, k) => `model ${k + 1}`),
): Ensemble {
  const [first] = models;
  if (!first) throw new InputError('ensemble: expected a list of models, got none');
  const other = models.findIndex(({ config }) => config.classes !== first.config.classes);
  if (other > 0) {
    const [a, b] = [first, models[other]!].map(({ config }) => plural(config.classes, 'output channel'));
    throw new InputError(
      `${names[0]} has ${a} and ${names[other]} ${b} (config.classes); models that predict together need the same classes`,
    );
  }
  return new Ensemble([...models]);
}
