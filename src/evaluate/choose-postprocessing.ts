/** The postprocessing that helps on the validation images, for each head and for their mean. */
import { mean } from '../base/statistics.js';
import type { Dataset } from '../data/dataset.js';
import { type Postprocessing, postprocessRuns } from '../image/postprocessing.js';
import { commonPixels, eachMeeting, type Runs, runsOf } from '../image/runs.js';
import { masksOf } from '../infer/masks.js';
import { DEFAULT_BATCH } from '../infer/predictor.js';
import type { Model } from '../model/model.js';
import { maskRuleOf, type Postprocessings } from '../model/postprocessing.js';
import { outputsOf } from '../network/mode.js';
import { namesOf } from './labelled-batches.js';
import { objectCounts, objectScores } from './objects.js';
import { type ConfusionCounts, overlapScores, pooled } from './overlap.js';
import { type OwnSizeOptions, predictedAtOwnSize } from './own-size.js';
import { Truths } from './truths.js';

/** The sizes in pixels that are tried, for the smallest object and the largest hole. */
const SIZES = [8, 16, 32, 64, 128, 256, 512];

/** What is tried, the milder first. */
const CANDIDATES: readonly Postprocessing[] = [
  ...SIZES.map((minObject) => ({ minObject })),
  ...SIZES.map((maxHole) => ({ maxHole })),
  { largestOnly: true },
];

/** By how much a score has to rise: less may be chance. */
export const POSTPROCESSING_MARGIN = 0.001;

/** The scores that a postprocessing can be chosen by: Dice, its mean or pooled, and the mean panoptic quality of objects. */
export const postprocessingScores = ['dice', 'pooledDice', 'pq'] as const;
export type PostprocessingScore = (typeof postprocessingScores)[number];

/** What was tried, and the score that it gives. */
export interface PostprocessingTrial {
  readonly postprocessing: Postprocessing;
  readonly score: number;
}

export interface PostprocessingChoice extends PostprocessingTrial {
  /** The score of the masks as they are. */
  readonly before: number;
  /** All that was tried, in turn. */
  readonly tried: readonly PostprocessingTrial[];
}

export interface ChoosePostprocessingOptions extends Omit<OwnSizeOptions, 'batch'> {
  /** How many images are computed at once. Default: 4. */
  readonly batch?: number;
  /** The score that is to rise. Default: 'dice', the mean over the images. */
  readonly score?: PostprocessingScore;
}

/** The masks of an image, as runs. */
export interface MaskPair {
  readonly predicted: Runs;
  readonly actual: Runs;
}

/**
 * Tries postprocessing on the masks that the model's thresholds make of the validation subset, and of no other: images
 * that it was chosen on cannot judge it. The network sees each image once. The model stays as it is;
 * `model.adopt({ ...model.card, postprocessing: postprocessingsOf(choices) })` adopts the choice.
 * @returns choices by the names of `outputsOf`; `postprocessing` is empty where nothing helps
 * @throws InputError for a data set that does not fit the model, or an empty validation subset
 */
export async function choosePostprocessing(
  model: Model,
  dataset: Dataset,
  options: ChoosePostprocessingOptions = {},
): Promise<Readonly<Record<string, PostprocessingChoice>>> {
  const { score = 'dice', batch = DEFAULT_BATCH } = options;
  const outputs = outputsOf(model.config);
  const rules = outputs.map((output) => maskRuleOf(model, output, { postprocessing: {} }));
  const pairs = outputs.map((): MaskPair[] => []);
  const truths = new Truths(dataset);
  const names = namesOf(dataset, 'validation');
  for await (const { sample, bands } of predictedAtOwnSize(model, dataset, names, { ...options, batch })) {
    const { mask } = await truths.of(sample);
    const actual = runsOf(mask);
    const masks = await masksOf(bands, mask, rules);
    for (const [k, predicted] of masks.entries()) pairs[k]!.push({ predicted: runsOf(predicted), actual });
  }
  const classes = Math.max(1, model.config.classes - 1);
  return Object.fromEntries(outputs.map((output, k) => [output, choose(pairs[k]!, classes, score)]));
}

/** Returns what is to be stored of choices; nothing where nothing helps. */
export function postprocessingsOf(
  choices: Readonly<Record<string, PostprocessingChoice>>,
): Postprocessings | undefined {
  const helpful = Object.entries(choices).filter(([, { postprocessing }]) => Object.keys(postprocessing).length > 0);
  if (helpful.length === 0) return undefined;
  return Object.fromEntries(helpful.map(([name, { postprocessing }]) => [name, postprocessing]));
}

/**
 * Adds what raises the score most, of equals the milder, as long as it rises by more than `POSTPROCESSING_MARGIN`.
 * @param pairs the masks as they are, and the true ones
 * @param classes how many classes there are beside the background
 */
export function choose(pairs: readonly MaskPair[], classes: number, score: PostprocessingScore): PostprocessingChoice {
  const trialOf = (postprocessing: Postprocessing): PostprocessingTrial => ({
    postprocessing,
    score: RULES[score](
      pairs.map(({ predicted, actual }) => ({ predicted: postprocessRuns(predicted, postprocessing), actual })),
      classes,
    ),
  });
  const asTheyAre = trialOf({});
  const tried: PostprocessingTrial[] = [];
  let best = asTheyAre;
  for (let rises = true; rises; ) {
    const added = CANDIDATES.filter((candidate) =>
      Object.keys(candidate).every((name) => !(name in best.postprocessing)),
    );
    const trials = added.map((candidate) => trialOf({ ...best.postprocessing, ...candidate }));
    tried.push(...trials);
    const highest = trials.reduce((a, b) => (b.score > a.score ? b : a), best);
    rises = highest.score - best.score > POSTPROCESSING_MARGIN;
    if (rises) best = highest;
  }
  return { ...best, before: asTheyAre.score, tried };
}

/** How masks are scored; with several classes each score is the mean over the classes. */
const RULES: Readonly<Record<PostprocessingScore, (pairs: readonly MaskPair[], classes: number) => number>> = {
  dice: (pairs, classes) =>
    mean(pairs.map((pair) => mean(overlapCounts(pair, classes).map((counts) => overlapScores(counts).dice)))),
  pooledDice(pairs, classes) {
    const images = pairs.map((pair) => overlapCounts(pair, classes));
    const ofClass = (k: number) => overlapScores(pooled(images.map((counts) => counts[k]!))).dice;
    return mean(Array.from({ length: classes }, (_, k) => ofClass(k)));
  },
  pq: (pairs, classes) =>
    mean(
      pairs.map(({ predicted, actual }) => {
        return mean(objectCounts(predicted, actual, classes).map((counts) => objectScores(counts).pq));
      }),
    ),
};

/** Counts the pixels of each class, as `confusionCounts` does. */
function overlapCounts({ predicted, actual }: MaskPair, classes: number): ConfusionCounts[] {
  const pixels = actual.width * actual.height;
  const counts = Array.from({ length: classes }, () => ({ intersection: 0, predicted: 0, actual: 0, pixels }));
  predicted.values.forEach((value, i) => {
    counts[value - 1]!.predicted += predicted.ends[i]! - predicted.starts[i]!;
  });
  actual.values.forEach((value, j) => {
    counts[value - 1]!.actual += actual.ends[j]! - actual.starts[j]!;
  });
  eachMeeting(predicted, actual, (i, j) => {
    const value = predicted.values[i]!;
    if (value === actual.values[j]) counts[value - 1]!.intersection += commonPixels(predicted, i, actual, j);
  });
  return counts;
}
