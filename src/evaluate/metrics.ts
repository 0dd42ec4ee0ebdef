/**
 * Scores of many images. Per image: the mean over images. Pooled: the pixels of all images counted together, so that
 * large structures weigh more. With several classes each score is the mean over the classes but the background, class 0.
 * The rules for empty masks are in `overlap.ts`.
 */

import { invariant } from '../base/errors.js';
import { mean, meanDefined } from '../base/statistics.js';
import type { Image, Spacing } from '../image/image.js';
import { runsOf } from '../image/runs.js';
import {
  meanObjectScores,
  type ObjectCounts,
  type ObjectScores,
  objectCounts,
  objectScores,
  pooledObjects,
} from './objects.js';
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
export interface MeanScores extends OverlapScores, Partial<DistanceScores> {
  /** Scores of the single objects; absent unless `objects` is set. */
  readonly objects?: ObjectScores;
}

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
  /** Scores of the objects of all images counted together; absent unless `objects` is set. */
  readonly pooledObjects?: ObjectScores;
}

/** The scores of all images. */
export interface Scores extends ClassScores {
  /** The scores of each class, where there are several. */
  readonly perClass?: readonly (ClassScores & { readonly class: number })[];
}

/** One class in one image, as JSON; distances are absent where they are not measured, null where they are undefined. */
export interface Case {
  readonly counts: ConfusionCounts;
  readonly distances?: SurfaceDistances | null;
  readonly objects?: ObjectCounts;
}

/** What is measured beside the overlap, which takes longer than counting pixels. */
export interface Measures {
  /** Surface distances, which take far longer. Default: false. */
  readonly distances?: boolean | undefined;
  /** How well the single objects are found. Default: false. */
  readonly objects?: boolean | undefined;
}

/** Accumulates the counts and distances of masks, image by image. */
export class MetricAccumulator {
  /** Cases by class, then by image. */
  readonly #cases: Case[][];

  /** @param classes the network's classes: 1 counts pixels of value 1, K >= 2 the classes 1..K-1 */
  constructor(
    classes: number,
    readonly measures: Measures = {},
  ) {
    this.#cases = Array.from({ length: Math.max(1, classes - 1) }, () => []);
  }

  /**
   * @param spacing the size of a pixel; without it distances are in pixels
   * @returns the scores of this image
   */
  add(predicted: Image<Uint8Array>, actual: Image<Uint8Array>, spacing?: Spacing): ImageScores {
    return this.addCases(this.measure(predicted, actual, spacing));
  }

  /** Measures an image without adding it. @returns its cases, one a class */
  measure(predicted: Image<Uint8Array>, actual: Image<Uint8Array>, spacing?: Spacing): readonly Case[] {
    const { distances, objects } = this.measures;
    const found = objects ? objectCounts(runsOf(predicted), runsOf(actual), this.#cases.length) : [];
    return this.#cases.map((_, k) => ({
      counts: confusionCounts(predicted.data, actual.data, k + 1),
      ...(distances && { distances: surfaceDistances(predicted, actual, k + 1, spacing) }),
      ...(objects && { objects: found[k]! }),
    }));
  }

  /** Adds an image that was measured. @returns its scores */
  addCases(added: readonly Case[]): ImageScores {
    for (const [k, cases] of this.#cases.entries()) cases.push(added[k]!);
    const scores = added.map(caseScores);
    return { ...meanScores(scores), ...perClass(scores) };
  }

  /** Returns the scores of all images that were added, at least one. */
  scores(): Scores {
    invariant(this.#cases[0]!.length > 0, 'scores of no image');
    const scores = this.#cases.map(classScores);
    const objects = scores.flatMap((of) => of.pooledObjects ?? []);
    return {
      ...meanScores(scores),
      ...asPooled(averages(this.#cases.map(pooledScores))),
      ...(objects.length > 0 && { pooledObjects: meanObjectScores(objects) }),
      ...perClass(scores),
    };
  }
}

function caseScores({ counts, distances, objects }: Case): MeanScores {
  const { hd95, assd } = distances ?? { hd95: null, assd: null };
  return {
    ...overlapScores(counts),
    ...(distances !== undefined && { hd95, assd, undefinedDistances: distances ? 0 : 1 }),
    ...(objects && { objects: objectScores(objects) }),
  };
}

function classScores(cases: readonly Case[]): ClassScores {
  const objects = cases.flatMap((of) => of.objects ?? []);
  return {
    ...meanScores(cases.map(caseScores)),
    ...asPooled(pooledScores(cases)),
    ...(objects.length > 0 && { pooledObjects: objectScores(pooledObjects(objects)) }),
  };
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
  const objects = list.flatMap((scores) => scores.objects ?? []);
  return {
    ...averages(list),
    ...(list[0]!.undefinedDistances !== undefined && {
      hd95: meanDefined(list.map(({ hd95 }) => hd95)),
      assd: meanDefined(list.map(({ assd }) => assd)),
      undefinedDistances: list.reduce((sum, { undefinedDistances = 0 }) => sum + undefinedDistances, 0),
    }),
    ...(objects.length > 0 && { objects: meanObjectScores(objects) }),
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

function perClass<S extends MeanScores>(scores: readonly S[]): { perClass?: readonly (S & { class: number })[] } {
  return scores.length > 1 ? { perClass: scores.map((of, k) => ({ class: k + 1, ...of })) } : {};
}
