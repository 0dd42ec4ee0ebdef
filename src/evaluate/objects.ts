/**
 * Scores of how well the single objects of two masks are found: panoptic quality and its parts (A. Kirillov, K. He,
 * R. Girshick, C. Rother, P. Dollár, "Panoptic Segmentation", CVPR 2019). An object is a component of pixels of one class
 * (8 neighbours), so that objects which touch in a mask count as one. A predicted and a true object match where their
 * intersection over union is above 0.5, which no other pair of either can then be.
 *
 * **No objects**: where there are none in either mask they agree, and all scores are 1. Where there are some in one mask
 * alone, or none match, the scores are 0, and the mean IoU of matches is undefined: it is left out of means.
 */
import { mean, meanDefined } from '../base/statistics.js';
import { components } from '../image/components.js';
import { commonPixels, eachMeeting, type Runs } from '../image/runs.js';

/** The intersection over union above which objects match. */
const MATCH = 0.5;

/** Numbers of objects of one class. */
export interface ObjectCounts {
  readonly predicted: number;
  readonly actual: number;
  /** How many of these match: true positives. */
  readonly matched: number;
  /** The sum of the intersections over union of the matches. */
  readonly iouSum: number;
}

export interface ObjectScores {
  /** How many objects there are in the predicted masks, in the true ones, and how many of these match. */
  readonly predicted: number;
  readonly actual: number;
  readonly matched: number;
  /** The fraction of the predicted objects that match. */
  readonly precision: number;
  /** The fraction of the true objects that match. */
  readonly recall: number;
  /** 2 matched / (predicted + actual), the recognition quality (RQ). */
  readonly f1: number;
  /** The mean intersection over union of the matches, the segmentation quality (SQ); null where nothing matches. */
  readonly sq: number | null;
  /** The panoptic quality, SQ times RQ: the sum of the matches' IoU by the mean number of objects. */
  readonly pq: number;
}

/**
 * Counts the objects of each class in two masks of one size.
 * @param classes how many classes there are beside the background
 */
export function objectCounts(predicted: Runs, actual: Runs, classes: number): ObjectCounts[] {
  const [found, truth] = [components(predicted, 8), components(actual, 8)];
  const common = new Map<number, number>();
  eachMeeting(predicted, actual, (i, j) => {
    if (predicted.values[i] !== actual.values[j]) return;
    const pair = found.of[i]! * truth.count + truth.of[j]!;
    common.set(pair, (common.get(pair) ?? 0) + commonPixels(predicted, i, actual, j));
  });
  const counts = Array.from({ length: classes }, () => ({ predicted: 0, actual: 0, matched: 0, iouSum: 0 }));
  for (const value of found.values) counts[value - 1]!.predicted++;
  for (const value of truth.values) counts[value - 1]!.actual++;
  for (const [pair, intersection] of common) {
    const [p, t] = [Math.floor(pair / truth.count), pair % truth.count];
    const iou = intersection / (found.areas[p]! + truth.areas[t]! - intersection);
    if (iou <= MATCH) continue;
    const of = counts[found.values[p]! - 1]!;
    of.matched++;
    of.iouSum += iou;
  }
  return counts;
}

/** Adds up the counts of several images. */
export function pooledObjects(counts: readonly ObjectCounts[]): ObjectCounts {
  const sum = (read: (count: ObjectCounts) => number) => counts.reduce((total, count) => total + read(count), 0);
  return {
    predicted: sum((count) => count.predicted),
    actual: sum((count) => count.actual),
    matched: sum((count) => count.matched),
    iouSum: sum((count) => count.iouSum),
  };
}

export function objectScores({ predicted, actual, matched, iouSum }: ObjectCounts): ObjectScores {
  const all = predicted + actual;
  const counts = { predicted, actual, matched };
  if (all === 0) return { ...counts, precision: 1, recall: 1, f1: 1, sq: 1, pq: 1 };
  return {
    ...counts,
    precision: predicted === 0 ? 0 : matched / predicted,
    recall: actual === 0 ? 0 : matched / actual,
    f1: (2 * matched) / all,
    sq: matched === 0 ? null : iouSum / matched,
    pq: (2 * iouSum) / all,
  };
}

/** Averages the scores of images, classes or patients; the numbers of objects are added up. */
export function meanObjectScores(list: readonly ObjectScores[]): ObjectScores {
  const sum = (read: (scores: ObjectScores) => number) => list.reduce((total, scores) => total + read(scores), 0);
  return {
    predicted: sum(({ predicted }) => predicted),
    actual: sum(({ actual }) => actual),
    matched: sum(({ matched }) => matched),
    precision: mean(list.map(({ precision }) => precision)),
    recall: mean(list.map(({ recall }) => recall)),
    f1: mean(list.map(({ f1 }) => f1)),
    sq: meanDefined(list.map(({ sq }) => sq)),
    pq: mean(list.map(({ pq }) => pq)),
  };
}
