/** The threshold that suits the validation images best, for each head and for their mean. */

import { InputError } from '../base/errors.js';
import { mean } from '../base/statistics.js';
import type { Dataset } from '../data/dataset.js';
import { DEFAULT_THRESHOLD, type Prediction } from '../infer/prediction.js';
import { DEFAULT_BATCH } from '../infer/predictor.js';
import type { Model } from '../model/model.js';
import type { Thresholds } from '../model/threshold.js';
import { type Member, predictedByMembers, type ScoredOptions, scoredOutputs } from './members.js';
import { type ConfusionCounts, overlapScores, pooled } from './overlap.js';
import type { OwnSizeOptions } from './own-size.js';
import { Truths } from './truths.js';

/** The thresholds that are tried: 0.05, 0.10, …, 0.95. */
const CANDIDATES: readonly number[] = Array.from({ length: 19 }, (_, k) => (k + 1) / 20);

export interface ThresholdPoint {
  readonly threshold: number;
  /** The mean over the images. */
  readonly dice: number;
  readonly pooledDice: number;
}

export interface ThresholdChoice {
  /** The best of the thresholds, see `bestPoint`. */
  readonly threshold: number;
  readonly curve: readonly ThresholdPoint[];
}

export interface ChooseThresholdOptions extends Omit<OwnSizeOptions, 'batch'> {
  /** How many images are computed at once. Default: 4. */
  readonly batch?: number;
  /** The score that is to be highest. Default: 'dice', the mean over the images. */
  readonly score?: 'dice' | 'pooledDice';
}

/**
 * Scans thresholds on the validation subset, and on no other: images that a threshold was chosen on cannot judge it.
 * The model stays as it is; `model.adopt({ ...model.card, thresholds: thresholdsOf(choices) })` adopts the choice.
 * @returns choices by the names of `outputsOf`
 * @throws InputError for a model of several classes, which takes the most probable class without a threshold, or a data
 * set that does not fit it
 */
export function chooseThresholds(
  model: Model,
  dataset: Dataset,
  options: ChooseThresholdOptions = {},
): Promise<Readonly<Record<string, ThresholdChoice>>> {
  return chooseMemberThresholds([{ model, dataset }], options);
}

/**
 * What `chooseThresholds` gives, for the mean of several models.
 * @param mode that for which a threshold is chosen, where the models differ in their heads
 * @returns choices by the names of `scoredOutputs`
 */
export async function chooseMemberThresholds(
  members: readonly Member[],
  options: ChooseThresholdOptions & Pick<ScoredOptions, 'mode'>,
): Promise<Readonly<Record<string, ThresholdChoice>>> {
  const { score = 'dice', batch = DEFAULT_BATCH } = options;
  const { model, dataset } = members[0]!;
  const { config } = model;
  if (config.classes > 1) {
    throw new InputError(
      `this model tells ${config.classes} classes apart and takes the most probable one: it has no threshold to choose`,
    );
  }
  const { outputs } = scoredOutputs(members, options);
  const scans = outputs.map((): ConfusionCounts[][] => CANDIDATES.map(() => []));
  const truths = new Truths(dataset);
  const { validation } = dataset.split;
  for await (const { sample, bands } of predictedByMembers(members, outputs, validation, { ...options, batch })) {
    const { mask } = await truths.of(sample);
    const parts = outputs.map((): ConfusionCounts[][] => CANDIDATES.map(() => []));
    let y = 0;
    for await (const band of bands) {
      const rows = mask.data.subarray(y * mask.width, (y + band[0]!.height) * mask.width);
      y += band[0]!.height;
      for (const [k, prediction] of band.entries()) {
        for (const [c, counts] of overlapsAt(CANDIDATES, prediction, rows).entries()) parts[k]![c]!.push(counts);
      }
    }
    for (const [k, scan] of scans.entries()) {
      for (const [c, images] of scan.entries()) images.push(pooled(parts[k]![c]!));
    }
  }
  return Object.fromEntries(outputs.map(({ name }, k) => [name, choose(scans[k]!, score)]));
}

export function thresholdsOf(choices: Readonly<Record<string, ThresholdChoice>>): Thresholds {
  return Object.fromEntries(Object.entries(choices).map(([name, { threshold }]) => [name, threshold]));
}

/**
 * For each of the ascending `thresholds`, the overlap of `mask` with the pixels whose probability is above it, as
 * `toMask` has it; counted in one pass.
 */
export function overlapsAt(thresholds: readonly number[], { probs }: Prediction, mask: Uint8Array): ConfusionCounts[] {
  // How many pixels are above exactly k thresholds, and how many of these lie in the mask.
  const all = new Array<number>(thresholds.length + 1).fill(0);
  const inMask = new Array<number>(thresholds.length + 1).fill(0);
  mask.forEach((label, i) => {
    let k = 0;
    while (k < thresholds.length && probs[i]! > thresholds[k]!) k++;
    all[k]!++;
    if (label === 1) inMask[k]!++;
  });
  const sumFrom = (counts: readonly number[], k: number) => counts.slice(k).reduce((sum, count) => sum + count, 0);
  return thresholds.map((_, k) => ({
    intersection: sumFrom(inMask, k + 1),
    predicted: sumFrom(all, k + 1),
    actual: sumFrom(inMask, 0),
    pixels: mask.length,
  }));
}

/**
 * Returns the point with the highest `score`; among equals the one nearest to 0.5, and of two as near the lower one.
 * @param curve points by ascending threshold
 */
export function bestPoint(curve: readonly ThresholdPoint[], score: 'dice' | 'pooledDice'): ThresholdPoint {
  // In whole hundredths, so that 0.3 and 0.7 are equally near.
  const distance = ({ threshold }: ThresholdPoint) => Math.round(100 * Math.abs(threshold - DEFAULT_THRESHOLD));
  return curve.reduce((a, b) => {
    if (a[score] !== b[score]) return a[score] > b[score] ? a : b;
    return distance(b) < distance(a) ? b : a;
  });
}

/** @param scan counts by candidate, then by image */
function choose(scan: readonly (readonly ConfusionCounts[])[], score: 'dice' | 'pooledDice'): ThresholdChoice {
  const curve = scan.map((images, c) => ({
    threshold: CANDIDATES[c]!,
    dice: mean(images.map((counts) => overlapScores(counts).dice)),
    pooledDice: overlapScores(pooled(images)).dice,
  }));
  return { threshold: bestPoint(curve, score).threshold, curve };
}
