/** What each head of a model file is worth on a data folder and what it costs, with the smallest that suffices. */

import { readFileChecked } from '#platform/files/read.js';
import type { Backend } from '../../backend/backend.js';
import type { Threads } from '../../backend/names.js';
import { compareModes, type ModeComparison } from '../../evaluate/compare-modes.js';
import { decodeModel } from '../../model/modelfile.js';
import type { RecommendationScore } from '../../model/recommendation.js';
import type { ModelConfig } from '../../network/config.js';
import { type Computed, onBackend } from '../backend.js';
import { saveUnchanged } from '../models/save-unchanged.js';
import { type Observer, progressOf } from '../observer.js';
import type { BackendChoice } from '../options/backend-options.js';
import {
  EVALUATION_BATCH,
  type EvaluatedSizes,
  type EvaluationDataOptions,
  openEvaluationData,
  sizesOf,
} from './evaluation-data.js';

export interface CompareFilesOptions extends Omit<EvaluationDataOptions, 'tta'> {
  /** The model file. */
  readonly model: string;
  /** The score whose highest value is the best. */
  readonly score: RecommendationScore;
  /** How far below the best score the recommended mode may lie. */
  readonly tolerance: number;
  /** How many predictions of one image are timed in each mode. */
  readonly runs: number;
  readonly threads: Threads;
  readonly backend: BackendChoice;
  /** Whether the recommendation is stored in the model file. */
  readonly save?: boolean;
}

export interface FilesComparison extends Computed, EvaluatedSizes {
  /** The side of the images, or of the patches of them, that cost and time are of. */
  readonly costSize: number;
  readonly comparison: ModeComparison;
  readonly config: ModelConfig;
  readonly threads: number;
  readonly seconds: number;
}

/** @throws InputError for files that do not fit each other, or where memory does not suffice */
export async function compareFiles(options: CompareFilesOptions, observer: Observer): Promise<FilesComparison> {
  return onBackend(options, observer, async (backend, by) => ({
    ...(await compareOn(backend, options, observer)),
    ...by,
  }));
}

async function compareOn(
  backend: Backend,
  options: CompareFilesOptions,
  observer: Observer,
): Promise<Omit<FilesComparison, keyof Computed>> {
  const { subset, score, tolerance, runs, tiling } = options;
  const bytes = await readFileChecked(options.model);
  const model = await decodeModel(bytes, options.model, backend);
  const [{ dataset }] = await openEvaluationData(
    [{ file: options.model, model }],
    { ...options, tta: 'none' },
    observer,
  );
  const started = performance.now();
  const comparison = await compareModes(model, dataset, {
    ...{ subset, score, tolerance, runs, tiling, batch: EVALUATION_BATCH },
    onProgress: (phase, done, total) => progressOf(observer, phase)(done, total),
  });
  if (options.save) {
    model.adopt({ ...model.card, recommendation: comparison.recommendation });
    await saveUnchanged(model, options.model, bytes);
  }
  const seconds = (performance.now() - started) / 1000;
  return {
    comparison,
    config: model.config,
    costSize: dataset.sampler.size,
    ...sizesOf(dataset, subset),
    threads: backend.threads,
    seconds,
  };
}
