/** What a training gives: what `--json` prints, and what a run that is done is asked for again. */
import type { Evaluation } from '../train/evaluate.js';

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

/** The result in a file that a run has left; undefined where it is not one, so that it is worked out again. */
export function parseResult(value: unknown): TrainResult | undefined {
  const { epochs, bestEpoch, seconds, imagesPerSecond, validation, test } = (value ?? {}) as Partial<TrainResult>;
  const numbers = [epochs, bestEpoch, seconds, imagesPerSecond].every((number) => typeof number === 'number');
  const scores = isScores(validation) && (test === undefined || isScores(test));
  return numbers && scores ? (value as TrainResult) : undefined;
}

function isScores(value: unknown): boolean {
  const { dice, heads } = (value ?? {}) as { readonly dice?: unknown; readonly heads?: unknown };
  if (typeof dice !== 'number' || !Array.isArray(heads)) return false;
  return heads.every((head) => typeof head?.head === 'string' && typeof head.dice === 'number');
}
