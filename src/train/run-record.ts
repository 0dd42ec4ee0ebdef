/**
 * What a checkpoint says of its run beside the state of the training: with which options and on which images it was made,
 * so that it goes on with no others, and the metrics so far, so that a file that lags behind is put right.
 */
import { listOf, object, requireForm, text } from '../base/form.js';
import { parseJson } from '../base/json.js';
import type { Split } from '../data/split/split.js';

/** What must be as it was where a run goes on. */
export interface RunOrigin {
  /** Values of JSON, by name. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The digests of the samples that are trained and validated on, in their order; see `sampleDigest`. */
  readonly images: Readonly<Record<TrainedSubset, readonly string[]>>;
}

export interface RunRecord extends RunOrigin {
  /** The last lines of metrics.jsonl; the very last is that of the last epoch which is done. */
  readonly metrics: readonly string[];
}

/** The digests of samples, by their names. */
export type Digests = ReadonlyMap<string, string>;

/** Those that decide what comes of a training. */
export const trainedSubsets = ['train', 'validation'] as const;
type TrainedSubset = (typeof trainedSubsets)[number];

/** The `images` of a `RunOrigin`. */
export function imagesOf(split: Split, digests: Digests): RunOrigin['images'] {
  const inOrder = (subset: TrainedSubset) => split[subset].map((name) => digests.get(name)!);
  return { train: inOrder('train'), validation: inOrder('validation') };
}

/** The names of the samples that are not those which stood at their places, in a split of as many. */
export function changedImages(split: Split, digests: Digests, { images }: RunOrigin): string[] {
  return trainedSubsets.flatMap((subset) => split[subset].filter((name, k) => digests.get(name) !== images[subset][k]));
}

const RECORD = object({
  options: object({}),
  images: object({ train: listOf(text), validation: listOf(text) }),
  metrics: listOf(text),
});

/** @throws InputError that names `source` where the text is no record */
export function parseRunRecord(json: string, source: string): RunRecord {
  const record = parseJson(json, `${source}: run`);
  requireForm(record, RECORD, `${source}: run`, 'restore the file from a copy');
  return record as RunRecord;
}
