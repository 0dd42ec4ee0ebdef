/**
 * Scores of many images. Per image: the mean over images. Pooled: the pixels of all images counted together, so that
 * large structures weigh more. With several classes each score is the mean over the classes but the background, class 0.
 * The rules for empty masks are in `overlap.ts`.
 */

import { invariant } from '../base/errors.js';
import { mean } from '../base/statistics.js';
import type { Image, Spacing } from '../image/image.js';
import { type ConfusionCounts, confusionCounts, type OverlapScores, overlapScores, pooled } from './overlap.js';
import { type SurfaceDistances, surfaceDistances } from './surface-distance.js';

/** Distances in pixels, or in the unit of the spacing. They are absent unless `distances` is set. */
export interface DistanceScores {
  /** The 95th percentile of the Hausdorff distance; null where it is undefined in every image, see `surface-distance.ts`. */
  readonly hd95: number | null;
  readonly assd: number | null;
  /** How many the means leave out: images, of several classes pairs of image and class, where one mask alone is empty. */
  readonly undefinedDistances: number;
}

/** Means over classes, or images, or both. */
export interface MeanScores extends OverlapScores, Partial<DistanceScores> {}

/** The scores of one image. */
export interface ImageScores extends MeanScores {
  /** The scores of each class, where there are several. */
  readonly perClass?: readonly (MeanScores & { readonly class: number })[];
}

/** The scores of one class in all images. */
export interface ClassScores extends MeanScores {
  readonly pooledDice: number;
  readonly pooledIou: number;
  readonly pooledPrecision: number;
  readonly pooledSensitivity: number;
  readonly pooledSpecificity: number;
}

/** The scores of all images. */
export interface Scores extends ClassScores {
  /** The scores of each class, where there are several. */
  readonly perClass?: readonly (ClassScores & { readonly class: number })[];
}

/** One class in one image; distances are absent where they are not measured, null where they are undefined. */
interface Case {
  readonly counts: ConfusionCounts;
  readonly distances?: SurfaceDistances | null;
}

/** Accumulates the counts and distances of masks, image by image. */
export class MetricAccumulator {
  /** Cases by class, then by image. */
  readonly #cases: Case[][];

  /**
   * @param classes the network's classes: 1 counts pixels of value 1, K >= 2 the classes 1..K-1
   * @param distances whether surface distances are measured, too, which takes far longer than counting
   */
  constructor(
    classes: number,
    readonly distances = false,
  ) {
    this.#cases = Array.from({ length: Math.max(1, classes - 1) }, () => []);
  }

  /**
   * @param spacing the size of a pixel; without it distances are in pixels
   * @returns the scores of this image
   */
  add(predicted: Image<Uint8Array>, actual: Image<Uint8Array>, spacing?: Spacing): ImageScores {
    const { distances } = this;
    const scores = this.#cases.map((cases, k) => {
      const counts = confusionCounts(predicted.data, actual.data, k + 1);
      const added = distances ? { counts, distances: surfaceDistances(predicted, actual, k + 1, spacing) } : { counts };
      cases.push(added);
      return caseScores(added);
    });
    return { ...meanScores(scores), ...perClass(scores) };
  }

  /** Returns the scores of all images that were added, at least one. */
  scores(): Scores {
    invariant(this.#cases[0]!.length > 0, 'scores of no image');
    const scores = this.#cases.map(classScores);
    return { ...meanScores(scores), ...asPooled(averages(this.#cases.map(pooledScores))), ...perClass(scores) };
  }
}

function caseScores({ counts, distances }: Case): MeanScores {
  if (distances === undefined) return overlapScores(counts);
  const { hd95, assd } = distances ?? { hd95: null, assd: null };
  return { ...overlapScores(counts), hd95, assd, undefinedDistances: distances ? 0 : 1 };
}

function classScores(cases: readonly Case[]): ClassScores {
  return { ...meanScores(cases.map(caseScores)), ...asPooled(pooledScores(cases)) };
}

function pooledScores(cases: readonly Case[]): OverlapScores {
  return overlapScores(pooled(cases.map(({ counts }) => counts)));
}

function asPooled({ dice, iou, precision, sensitivity, specificity }: OverlapScores) {
  return {
    pooledDice: dice,
    pooledIou: iou,
    pooledPrecision: precision,
    pooledSensitivity: sensitivity,
    pooledSpecificity: specificity,
  };
}

/** Averages scores of at least one image, class or patient. Undefined distances are left out, and counted. */
export function meanScores(list: readonly MeanScores[]): MeanScores {
  const overlaps = averages(list);
  if (list[0]!.undefinedDistances === undefined) return overlaps;
  return {
    ...overlaps,
    hd95: averageDefined(list.map(({ hd95 }) => hd95)),
    assd: averageDefined(list.map(({ assd }) => assd)),
    undefinedDistances: list.reduce((sum, { undefinedDistances = 0 }) => sum + undefinedDistances, 0),
  };
}

function averages(list: readonly OverlapScores[]): OverlapScores {
  return {
    dice: mean(list.map(({ dice }) => dice)),
    iou: mean(list.map(({ iou }) => iou)),
    precision: mean(list.map(({ precision }) => precision)),
    sensitivity: mean(list.map(({ sensitivity }) => sensitivity)),
    specificity: mean(list.map(({ specificity }) => specificity)),
  };
}

function averageDefined(values: readonly (number | null | undefined)[]): number | null {
  const defined = values.filter((value) => typeof value === 'number');
  return defined.length > 0 ? mean(defined) : null;
}

function perClass<S extends MeanScores>(scores: readonly S[]): { perClass?: readonly (S & { class: number })[] } {
  return scores.length > 1 ? { perClass: scores.map((of, k) => ({ class: k + 1, ...of })) } : {};
}
