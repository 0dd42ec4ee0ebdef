/** What an evaluation chooses for masks before it measures them: thresholds, and a postprocessing. */
import { InputError } from '../../base/errors.js';
import {
  choosePostprocessing,
  type PostprocessingChoice,
  type PostprocessingScore,
  postprocessingsOf,
} from '../../evaluate/choose-postprocessing.js';
import {
  type ChooseThresholdOptions,
  chooseMemberThresholds,
  type ThresholdChoice,
  thresholdsOf,
} from '../../evaluate/choose-threshold.js';
import type { Member, ScoredOptions } from '../../evaluate/members.js';
import type { Thresholds } from '../../model/threshold.js';
import type { Phase } from '../observer.js';
import type { EvaluationDataOptions } from './evaluation-data.js';

export interface ChoiceOptions extends Pick<EvaluationDataOptions, 'subset'> {
  /** The model file; of several, the mean of what they predict is measured. */
  readonly model: readonly string[];
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
  /** The thresholds of the model, after the choice; of several models those that were chosen for their mean. */
  readonly thresholds: Thresholds;
  readonly outdated: readonly Outdated[];
}

/**
 * Chooses what is asked for, the thresholds first, and gives it to the model, where there is one. What was found with other
 * thresholds, or without the postprocessing, goes.
 * @param mode that for which a threshold is chosen, where several models differ in their heads
 */
export async function makeChoices(
  members: readonly Member[],
  options: ChoiceOptions & Pick<ScoredOptions, 'mode'>,
  working: (phase: Phase) => Omit<ChooseThresholdOptions, 'score'>,
): Promise<Choices> {
  const { mode, chooseThreshold, choosePostprocessing: score } = options;
  const chosen =
    chooseThreshold &&
    (await chooseMemberThresholds(members, { ...working('thresholds'), mode, score: chooseThreshold }));
  if (members.length > 1)
    return { ...(chosen && { chosen }), thresholds: chosen ? thresholdsOf(chosen) : {}, outdated: [] };
  const { model, dataset } = members[0]!;
  const { card } = model;
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
  const { model, subset, threshold, postprocessing = true, save } = options;
  const { chooseThreshold, choosePostprocessing: score } = options;
  if (save && !chooseThreshold && !score) {
    throw new InputError(
      '--save stores what --choose-threshold and --choose-postprocessing find; give one of them, or leave --save out',
    );
  }
  if (save && model.length > 1) {
    throw new InputError(
      `--save stores what is found in one model file, and ${model.length} are given, whose mean has a threshold of its own; leave --save out, and give predict the threshold by --threshold`,
    );
  }
  if (score && model.length > 1) {
    throw new InputError(
      `--choose-postprocessing stands for one model, and ${model.length} are given; give one of them, or leave it out`,
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
