/** What each head of a model is worth and what it costs: Zhou et al., 2018, section 3.2, on the user's own images. */
import { checkCount } from '../base/checks.js';
import { InputError } from '../base/errors.js';
import { roundUp } from '../base/multiples.js';
import type { Dataset } from '../data/dataset.js';
import type { Image } from '../image/image.js';
import { cutOut } from '../image/window.js';
import { deepestLevel } from '../infer/inference.js';
import { DEFAULT_BATCH } from '../infer/predictor.js';
import type { Model } from '../model/model.js';
import { pruneConfig } from '../model/prune.js';
import type { Recommendation, RecommendationScore } from '../model/recommendation.js';
import { type Cost, parameterBytes, predictionCost } from '../model/summary.js';
import { levelsOf } from '../network/config.js';
import { type Output, outputsOf } from '../network/mode.js';
import { listParameters } from '../network/parameters.js';
import { type EvaluateOptions, scoreModel } from './evaluate.js';
import { namesOf } from './labelled-batches.js';
import { timeModes } from './time-modes.js';

/** How far below the best score that of a mode may lie which is good enough. */
export const TOLERANCE = 0.01;

/** A head, or the mean of all, by itself: its cost is that of the model that `prune` leaves of it. */
export interface ComparedMode extends Cost {
  readonly mode: Output;
  readonly dice: number;
  readonly iou: number;
  readonly pooledDice: number;
  readonly pooledIou: number;
  /** A pixel whose probability was above it counted as foreground. */
  readonly threshold: number;
  /** The parameters and running statistics, in bytes. */
  readonly parameterBytes: number;
  /** The parameters, the working memory and the packed filters together, in bytes. */
  readonly memoryBytes: number;
  /** The median time of predicting one image, see `timeModes`. */
  readonly milliseconds: number;
  /** The time divided by that of the deepest head. */
  readonly timeShare: number;
}

export interface ModeComparison {
  /** How many images the scores are of. */
  readonly images: number;
  /** A row for each output, in the order of `outputsOf`. */
  readonly rows: readonly ComparedMode[];
  /** The cheapest mode that is good enough; `model.adopt({ ...model.card, recommendation })` adopts it. */
  readonly recommendation: Recommendation;
}

export interface CompareModesOptions extends Pick<EvaluateOptions, 'subset' | 'batch' | 'tiling' | 'signal'> {
  /** The score whose highest value is the best. Default: 'dice', the mean over the images. */
  readonly score?: RecommendationScore;
  /** How far below the best score the recommended mode may lie. Default: `TOLERANCE`. */
  readonly tolerance?: number;
  /** How many predictions of one image are timed in each mode. Default: 15. */
  readonly runs?: number;
  readonly onProgress?: (phase: 'evaluation' | 'timing', done: number, total: number) => void;
}

/**
 * Measures scores, cost and time of every head and of their mean, and finds the cheapest that is good enough. The model
 * stays as it is.
 * @throws InputError as `evaluate` does, and for an option that is not allowed
 */
export async function compareModes(
  model: Model,
  dataset: Dataset,
  options: CompareModesOptions = {},
): Promise<ModeComparison> {
  const { subset = 'validation', score = 'dice', tolerance = TOLERANCE, runs = 15 } = options;
  const { batch = DEFAULT_BATCH, tiling, signal, onProgress } = options;
  if (!(tolerance >= 0 && tolerance <= 1)) {
    throw new InputError(`compare: tolerance is ${tolerance}, expected a number from 0 to 1`);
  }
  checkCount(runs, 'compare: runs');
  const { config } = model;
  const measured = await scoreModel(model, dataset, {
    subset,
    batch,
    tiling,
    signal,
    onProgress: (done, total) => onProgress?.('evaluation', done, total),
  });
  const names = namesOf(dataset, subset).slice(0, runs);
  const samples = await Promise.all(names.map((name) => dataset.load(name)));
  const outputs = outputsOf(config);
  const times = await timeModes(
    model,
    outputs,
    samples.map(({ image }) => costImage(image, dataset.sampler.size)),
    { rounds: runs, signal, onProgress: (done, total) => onProgress?.('timing', done, total) },
  );
  const deepest = times[levelsOf(config).length - 1]!;
  const rows = outputs.map((mode, k): ComparedMode => {
    const { threshold, dice, iou, pooledDice, pooledIou } = measured.heads[k] ?? measured;
    const time = { milliseconds: times[k]!, timeShare: times[k]! / deepest };
    const cost = costOf(model, mode, dataset.sampler.size);
    return { mode, threshold, dice, iou, pooledDice, pooledIou, ...cost, ...time };
  });
  const { images } = measured;
  const scores = Object.fromEntries(rows.map((row) => [row.mode, row[score]]));
  const { mode } = recommend(rows, score, tolerance);
  return { images, rows, recommendation: { mode, score, tolerance, subset, images, scores } };
}

/** The image that is timed: what is trained on, which of an image that keeps its own size is a patch of its middle. */
function costImage(image: Image<Float32Array>, side: number): Image<Float32Array> {
  const [left, top] = [image.width, image.height].map((length) => Math.floor((length - side) / 2)) as [number, number];
  return cutOut(image, { left, top, width: side, height: side });
}

/** Returns the row with the fewest multiply-adds of those whose score is within `tolerance` of the best. */
export function recommend<Score extends string, Row extends { readonly [K in Score | 'macs']: number }>(
  rows: readonly Row[],
  score: Score,
  tolerance: number,
): Row {
  const best = Math.max(...rows.map((row) => row[score]));
  const enough = rows.filter((row) => best - row[score] <= tolerance);
  return enough.reduce((a, b) => (b.macs < a.macs ? b : a));
}

/** Returns the cost of an image of `size` pixels a side, which is padded where the mode's deepest level requires it. */
function costOf(model: Model, mode: Output, size: number) {
  const { config, parameters, backend } = model;
  const level = deepestLevel(config, [mode]);
  const side = roundUp(size, 2 ** level);
  const cost = predictionCost(model.record(mode, { batch: 1, width: side, height: side }), backend);
  const list = mode === 'accurate' ? parameters.list : listParameters(pruneConfig(config, level));
  const weights = parameterBytes(list, backend);
  return { ...cost, parameterBytes: weights, memoryBytes: weights + cost.preparedBytes + cost.workingBytes };
}
