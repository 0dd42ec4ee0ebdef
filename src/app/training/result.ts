/** What a training gives: what `--json` prints, and what a run that is done is asked for again. */
import { isDeepStrictEqual } from 'node:util';
import type { Evaluation } from '../../evaluate/evaluate.js';
import type { TrainCommandOptions } from '../options/train-options.js';

type Head = Evaluation['heads'][number];

export interface Scores extends Pick<Evaluation, 'dice' | 'iou' | 'pooledIou' | 'loss'> {
  readonly heads: readonly Pick<Head, 'head' | 'dice' | 'iou' | 'pooledIou'>[];
}

export interface TrainResult {
  readonly run: string;
  readonly model: string | null;
  readonly epochs: number;
  /** Null where no epoch has come to its end. */
  readonly bestEpoch: number | null;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** Of the best epoch. */
  readonly validation: Scores | null;
  readonly test?: Omit<Evaluation, 'perImage'>;
  readonly weightsSha256: string | null;
  readonly interrupted: boolean;
  /** The command that goes on with it, where it was interrupted. */
  readonly resume: string | null;
}

/** What a run keeps: what came of it, and of which options that may be extended. */
interface Kept {
  readonly goal: object;
  readonly result: TrainResult;
}

export function keptOf(result: TrainResult, options: TrainCommandOptions): Kept {
  return { goal: goalOf(options), result };
}

/** The result that a run has kept; undefined where it is none, or not that of these options. */
export function parseKept(kept: unknown, options: TrainCommandOptions): TrainResult | undefined {
  const { goal, result } = (kept ?? {}) as Partial<Kept>;
  const { epochs, bestEpoch, seconds, imagesPerSecond, validation, test } = (result ?? {}) as Partial<TrainResult>;
  const numbers = [epochs, bestEpoch, seconds, imagesPerSecond].every((number) => typeof number === 'number');
  const scores = isScores(validation) && (test === undefined || isScores(test));
  return isDeepStrictEqual(goal, goalOf(options)) && numbers && scores ? result : undefined;
}

function goalOf({ epochs, patience, test = false }: TrainCommandOptions): object {
  return { epochs, patience: patience ?? null, test };
}

function isScores(value: unknown): boolean {
  const { dice, heads } = (value ?? {}) as { readonly dice?: unknown; readonly heads?: unknown };
  if (typeof dice !== 'number' || !Array.isArray(heads)) return false;
  return heads.every((head) => typeof head?.head === 'string' && typeof head.dice === 'number');
}
