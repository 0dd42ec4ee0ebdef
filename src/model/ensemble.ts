/** Several models that predict together: the mean of what each of them says. */

import { deepEqual } from '../base/deep-equal.js';
import { InputError } from '../base/errors.js';
import { plural } from '../base/quantities.js';
import { show } from '../base/show.js';
import type { Image } from '../image/image.js';
import type { ReadableImage } from '../image/image-source.js';
import { type MaskRule, masksOf } from '../infer/masks.js';
import { meanBands } from '../infer/mean-bands.js';
import { joinBands } from '../infer/own-size.js';
import type { Prediction } from '../infer/prediction.js';
import { classNamesOf } from './class-names.js';
import type { Model, PredictOptions } from './model.js';
import { type MaskOptions, meanMaskRule } from './postprocessing.js';
import { resolveMode } from './recommendation.js';

/** Models that tell the same classes apart. See `ensemble`. */
export class Ensemble {
  /** Callers use `ensemble`. */
  constructor(readonly models: readonly Model[]) {}

  /** The output channels of each model, as `ModelConfig.classes`. */
  get classes(): number {
    return this.models[0]!.config.classes;
  }

  /** The names of the classes 1, 2, …; undefined where no model has names for them. */
  get classNames(): readonly string[] | undefined {
    return classNamesOf(this.models);
  }

  /**
   * Predicts the probabilities [height,width,classes] of an image, at its own size: the mean of those of the models, each
   * of which sees the image by its own preprocessing and is used by the mode, 'auto' being the one recommended for it.
   * @throws InputError for an image that does not fit a model, or a mode that one does not have
   */
  async predict(image: ReadableImage, options: PredictOptions = {}): Promise<Prediction> {
    return (await joinBands(this.bands(image, options), image))[0]!;
  }

  /**
   * Predicts the mask of an image by `maskRule`, as `Model.predictMask` does.
   * @throws InputError as `predict` does, and for a postprocessing that is none
   */
  async predictMask(image: ReadableImage, options: PredictOptions & MaskOptions = {}): Promise<Image<Uint8Array>> {
    return (await masksOf(this.bands(image, options), image, [this.maskRule(options)]))[0]!;
  }

  /**
   * The probabilities of an image in bands, as `Model.bands` gives them.
   * @throws InputError as `predict` does
   */
  bands(image: ReadableImage, options: PredictOptions = {}): AsyncGenerator<readonly Prediction[], void, void> {
    return meanBands(this.models.map((model) => model.bands(image, options)));
  }

  /**
   * How the mean becomes a mask: by the mean of the thresholds of the models, see `meanMaskRule`.
   * @throws InputError as `predict` does, and for a postprocessing that is none
   */
  maskRule({ mode = 'accurate', ...options }: MaskOptions & Pick<PredictOptions, 'mode'> = {}): MaskRule {
    const modes = this.models.map((model) => resolveMode(mode, model));
    return meanMaskRule(this.models, modes, options);
  }
}

/**
 * Lets several models predict together. They may differ in network, size and preprocessing, and in their backends; where
 * they share one they compute one after the other in the same working memory.
 * @param models at least one
 * @param names what errors call the models; by default they are counted
 * @throws InputError unless all of them tell as many classes apart, and give them the same names where they have names
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
  const named = models.flatMap(({ card: { classNames } }, k) => (classNames ? [{ name: names[k], classNames }] : []));
  const unlike = named.find(({ classNames }) => !deepEqual(classNames, named[0]!.classNames));
  if (unlike) {
    const [a, b] = [named[0]!, unlike].map(({ name, classNames }) => `${name} has the classes ${show(classNames)}`);
    throw new InputError(`${a}, ${b}; models that predict together need the same classes`);
  }
  return new Ensemble([...models]);
}
