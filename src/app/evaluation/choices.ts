/** What an evaluation chooses for the masks of a model before it measures it: thresholds, and a postprocessing. */
import { InputError } from '../../base/errors.js';
import type { Dataset } from '../../data/dataset.js';
import {
  choosePostprocessing,
  type PostprocessingChoice,
  type PostprocessingScore,
  postprocessingsOf,
} from '../../evaluate/choose-postprocessing.js';
import {
  type ChooseThresholdOptions,
  chooseThresholds,
  type ThresholdChoice,
  thresholdsOf,
} from '../../evaluate/choose-threshold.js';
import type { Model } from '../../model/model.js';
import type { Thresholds } from '../../model/threshold.js';
import type { Phase } from '../observer.js';
import type { EvaluationDataOptions } from './evaluation-data.js';

export interface ChoiceOptions extends Pick<EvaluationDataOptions, 'subset'> {
  /** The probability above which a pixel is foreground. Default: the thresholds of the model. */
  readonly threshold?: number;
  /** Whether masks are postprocessed as the model says. Default: true. */
  readonly postprocessing?: boolean;
  /** The score by which the best thresholds are chosen first. Default: none are chosen. */
  readonly chooseThreshold?: NonNullable<ChooseThresholdOptions['score']>;
  /** The score by which a postprocessing is chosen then. Default: none is chosen. */
  readonly choosePostprocessing?: PostprocessingScore;
  /** Whether what is chosen is stored in the model file. */
  readonly save?: boolean;
}

/** What the model's card had that was found with other masks, and was removed. */
export type Outdated = 'recommendation' | 'postprocessing';

export interface Choices {
  /** The thresholds that were chosen, by output; absent unless `chooseThreshold` is given. */
  readonly chosen?: Readonly<Record<string, ThresholdChoice>>;
  /** The postprocessing that was chosen, by output; absent unless `choosePostprocessing` is given. */
  readonly chosenPostprocessing?: Readonly<Record<string, PostprocessingChoice>>;
  /** The thresholds of the model, after the choice. */
  readonly thresholds: Thresholds;
  readonly outdated: readonly Outdated[];
}

/**
 * Chooses what is asked for, the thresholds first, and gives it to the model. What was found with other thresholds, or
 * without the postprocessing, goes.
 */
export async function makeChoices(
  model: Model,
  dataset: Dataset,
  options: ChoiceOptions,
  working: (phase: Phase) => Omit<ChooseThresholdOptions, 'score'>,
): Promise<Choices> {
  const { chooseThreshold, choosePostprocessing: score } = options;
  const { card } = model;
  const chosen =
    chooseThreshold && (await chooseThresholds(model, dataset, { ...working('thresholds'), score: chooseThreshold }));
  if (chosen) {
    const thresholds = thresholdsOf(chosen);
    model.adopt({ ...card, thresholds, postprocessing: undefined, recommendation: undefined });
  }
  const chosenPostprocessing =
    score && (await choosePostprocessing(model, dataset, { ...working('postprocessing'), score }));
  const postprocessing = chosenPostprocessing && postprocessingsOf(chosenPostprocessing);
  if (postprocessing || (chosenPostprocessing && model.card.postprocessing)) {
    model.adopt({ ...model.card, postprocessing, recommendation: undefined });
  }
  const outdated: Outdated[] = [];
  if (chosen && !chosenPostprocessing && card.postprocessing) outdated.push('postprocessing');
  if (card.recommendation && !model.card.recommendation) outdated.push('recommendation');
  return {
    ...(chosen && { chosen }),
    ...(chosenPostprocessing && { chosenPostprocessing }),
    thresholds: model.card.thresholds,
    outdated,
  };
}

/** @throws InputError for options that cannot be given together */
export function refuseContradictions(options: ChoiceOptions): void {
  const { subset, threshold, postprocessing = true, chooseThreshold, choosePostprocessing: score, save } = options;
  if (save && !chooseThreshold && !score) {
    throw new InputError(
      '--save stores what --choose-threshold and --choose-postprocessing find; give one of them, or leave --save out',
    );
  }
  for (const [option, found, given] of [
    ['--choose-threshold', 'a threshold', chooseThreshold],
    ['--choose-postprocessing', 'a postprocessing', score],
  ] as const) {
    if (!given) continue;
    if (subset !== 'validation') {
      throw new InputError(
        `${option} works on the validation images: those of "${subset}" could not judge ${found} that was chosen on them; leave --subset out`,
      );
    }
    if (threshold !== undefined) {
      throw new InputError(`--threshold ${threshold} and ${option} contradict each other; leave one of them out`);
    }
  }
  if (score && !postprocessing) {
    throw new InputError(
      '--no-postprocessing and --choose-postprocessing contradict each other; leave one of them out',
    );
  }
}
