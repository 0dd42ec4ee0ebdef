/** The result of a training: for the caller, and kept by a run that is done for further calls. */
import { deepEqual } from '../../base/deep-equal.js';
import type { Group } from '../../base/ranks/group.js';
import type { Evaluation } from '../../evaluate/evaluate.js';
import type { Model } from '../../model/model.js';
import { weightsSha256 } from '../../model/modelfile.js';
import type { RunFolder } from '../../runs/run-folder.js';
import type { EpochReport } from '../../train/report.js';
import type { Computed } from '../backend.js';
import type { TrainCommandOptions } from '../options/train-options.js';
import type { TestResult } from './test-images.js';

type Head = Evaluation['heads'][number];

export interface ValidationScores extends Pick<Evaluation, 'dice' | 'iou' | 'pooledIou' | 'loss'> {
  readonly heads: readonly Pick<Head, 'head' | 'dice' | 'iou' | 'pooledIou'>[];
}

/** How many ranks trained together, and what that took. */
export interface Ranks {
  readonly ranks: number;
  readonly exchange: {
    /** The bytes that rank 0 has sent in all, and the steps in which it did. */
    readonly sentBytes: number;
    readonly steps: number;
    /** The seconds that rank 0 has waited for others in steps, when it had done its own share. */
    readonly waitedSeconds: number;
  };
}

export function ranksOf({ size, link, waited }: Group): Ranks {
  const { steps, milliseconds } = waited;
  return { ranks: size, exchange: { sentBytes: link.sentBytes, steps, waitedSeconds: milliseconds / 1000 } };
}

/** Results that were kept by 0.1.0 do not say what computed; those of one process have no ranks. */
export interface TrainResult extends Partial<Computed>, Partial<Ranks> {
  readonly run: string;
  readonly model: string | null;
  readonly epochs: number;
  /** The number of the best epoch; null where none was completed. */
  readonly bestEpoch: number | null;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** The validation scores of the best epoch. */
  readonly validation: ValidationScores | null;
  readonly test?: Omit<Evaluation, 'perImage'>;
  readonly weightsSha256: string | null;
  readonly interrupted: boolean;
}

/** A training at its end. */
interface Done {
  /** The epochs that were completed; there are none where the training was stopped in the first. */
  readonly epochs: readonly EpochReport[];
  readonly seconds: number;
  readonly interrupted: boolean;
  readonly by: Computed & Partial<Ranks>;
  readonly tested?: TestResult;
}

/** Makes the result of a training that has come to its end, or was interrupted. */
export async function resultOf(
  model: Model,
  folder: RunFolder,
  { epochs, seconds, interrupted, by, tested }: Done,
): Promise<TrainResult> {
  const best = epochs.find(({ epoch }) => epoch === epochs.at(-1)?.bestEpoch);
  // An epoch that resumed with its validation has trained no image.
  const trained = epochs.filter((epoch) => epoch.imagesPerSecond > 0);
  const imagesPerSecond = trained.length / trained.reduce((sum, epoch) => sum + 1 / epoch.imagesPerSecond, 0) || 0;
  return {
    run: folder.path,
    model: folder.model,
    epochs: epochs.length,
    bestEpoch: best?.epoch ?? null,
    seconds,
    imagesPerSecond,
    validation: best ? scoresOf(best.validation) : null,
    ...(tested && { test: withoutImages(tested.evaluation) }),
    weightsSha256: await weightsSha256(model),
    ...by,
    interrupted,
  };
}

/** Makes the result of a training that was interrupted before its first step, and has no model. */
export function unbegunResult(folder: RunFolder): TrainResult {
  return {
    run: folder.path,
    model: null,
    epochs: 0,
    bestEpoch: null,
    seconds: 0,
    imagesPerSecond: 0,
    validation: null,
    weightsSha256: null,
    interrupted: true,
  };
}

function scoresOf({ dice, iou, pooledIou, loss, heads }: Evaluation): ValidationScores {
  const perHead = heads.map(({ head, dice, iou, pooledIou }) => ({ head, dice, iou, pooledIou }));
  return { dice, iou, pooledIou, loss, heads: perHead };
}

/** Leaves out the scores that are in test.csv. */
function withoutImages({ perImage: _, ...scores }: Evaluation): Omit<Evaluation, 'perImage'> {
  return scores;
}

/** The result that a run keeps, with the options that may be extended. */
interface Kept {
  readonly goal: object;
  readonly result: TrainResult;
}

export function keptOf(result: TrainResult, options: TrainCommandOptions): Kept {
  return { goal: goalOf(options), result };
}

/** Parses the result that a run has kept; undefined where it is none, or not that of these options. */
export function parseKept(kept: unknown, options: TrainCommandOptions): TrainResult | undefined {
  const { goal, result } = (kept ?? {}) as Partial<Kept>;
  const { epochs, bestEpoch, seconds, imagesPerSecond, validation, test } = (result ?? {}) as Partial<TrainResult>;
  const numbers = [epochs, bestEpoch, seconds, imagesPerSecond].every((number) => typeof number === 'number');
  const scores = isScores(validation) && (test === undefined || isScores(test));
  return deepEqual(goal, goalOf(options)) && numbers && scores ? result : undefined;
}

function goalOf({ epochs, patience, test = false }: TrainCommandOptions): object {
  return { epochs, patience: patience ?? null, test };
}

function isScores(value: unknown): boolean {
  const { dice, heads } = (value ?? {}) as { readonly dice?: unknown; readonly heads?: unknown };
  if (typeof dice !== 'number' || !Array.isArray(heads)) return false;
  return heads.every((head) => typeof head?.head === 'string' && typeof head.dice === 'number');
}
