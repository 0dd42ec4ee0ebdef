/**
 * What a checkpoint says of its run beside the state of the training: with which options and on which images it was made,
 * so that it resumes with no others, and the metrics so far, so that a file that lags behind can be completed.
 */
import { listOf, object, requireForm, text } from '../../base/form.js';
import { parseJson } from '../../base/json.js';
import type { Split } from '../../data/split/split.js';

/** What must be unchanged for a run to resume. */
export interface RunOrigin {
  /** The options of the run by name, as values of JSON. */
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

/** The subsets on which the weights depend: the images that are trained on, and those that choose the best epoch. */
export const trainedSubsets = ['train', 'validation'] as const;
type TrainedSubset = (typeof trainedSubsets)[number];

/** The `images` of a `RunOrigin`. */
export function imagesOf(split: Split, digests: Digests): RunOrigin['images'] {
  const inOrder = (subset: TrainedSubset) => split[subset].map((name) => digests.get(name)!);
  return { train: inOrder('train'), validation: inOrder('validation') };
}

/** Returns the names of samples that differ from those at their positions before, in a split of the same sizes. */
export function changedImages(split: Split, digests: Digests, { images }: RunOrigin): string[] {
  return trainedSubsets.flatMap((subset) => split[subset].filter((name, k) => digests.get(name) !== images[subset][k]));
}

const RECORD = object({
  options: object({}),
  images: object({ train: listOf(text), validation: listOf(text) }),
  metrics: listOf(text),
});

/** Parses a record. @throws InputError that names `source` where the text is not one */
export function parseRunRecord(json: string, source: string): RunRecord {
  const record = parseJson(json, `${source}: run`);
  requireForm(record, RECORD, `${source}: run`, 'restore the file from a copy');
  return record as RunRecord;
}
