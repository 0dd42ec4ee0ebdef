/** A model file with smaller weights, and what these change on a data folder: `unetpp compress`. */

import { readFileChecked } from '#platform/files/read.js';
import type { Threads } from '../../backend/names.js';
import { compareWeights, type WeightComparison } from '../../evaluate/compare-weights.js';
import type { Model } from '../../model/model.js';
import { DERIVED_MODEL, decodeModel, encodeModel } from '../../model/modelfile.js';
import { resolveMode } from '../../model/recommendation.js';
import type { WeightFormat } from '../../model/weight-formats.js';
import type { ModelConfig } from '../../network/config.js';
import { type Computed, onBackend } from '../backend.js';
import {
  EVALUATION_BATCH,
  type EvaluatedSizes,
  type EvaluationDataOptions,
  openEvaluationData,
  sizesOf,
} from '../evaluation/evaluation-data.js';
import { type Observer, progressOf } from '../observer.js';
import type { BackendChoice } from '../options/backend-options.js';
import { maskOptions } from '../options/inference-options.js';
import { type ForceOption, outputsOf } from '../outputs.js';

export interface CompressFileOptions extends ForceOption, Omit<EvaluationDataOptions, 'data'> {
  /** The model file. */
  readonly model: string;
  readonly weights: Exclude<WeightFormat, 'f32'>;
  /** The file that is written. */
  readonly out: string;
  /** The data folder that the change is measured on. Default: it is not measured. */
  readonly data?: string;
  readonly mode: string;
  readonly threshold?: number;
  readonly postprocessing?: boolean;
  readonly threads: Threads;
  readonly relaxed?: boolean;
  readonly backend: BackendChoice;
}

export interface MeasuredChange extends WeightComparison, EvaluatedSizes {}

export interface CompressedFile extends Computed {
  readonly config: ModelConfig;
  /** The lengths of the two files. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** What the masks lose; absent without a data folder. */
  readonly change?: MeasuredChange;
}

/**
 * Writes the file, when what stands in it was read back, and measured where there is a data folder.
 * @throws InputError for weights that cannot be stored so, files that do not fit each other, or one that may not be written
 */
export async function compressFile(options: CompressFileOptions, observer: Observer): Promise<CompressedFile> {
  const { model: file, out, weights, data } = options;
  const output = await outputsOf(options, { '--model': file, '--data': data }).file(out, DERIVED_MODEL);
  return onBackend(options, observer, async (backend, by) => {
    const before = await readFileChecked(file);
    const model = await decodeModel(before, file, backend);
    const after = await encodeModel(model, { weights, file });
    const compressed = await decodeModel(after, out, backend);
    const change = data === undefined ? undefined : await measure(model, compressed, { ...options, data }, observer);
    await output.write(after);
    return {
      config: model.config,
      bytesBefore: before.length,
      bytesAfter: after.length,
      ...(change && { change }),
      ...by,
    };
  });
}

async function measure(
  model: Model,
  compressed: Model,
  options: CompressFileOptions & EvaluationDataOptions,
  observer: Observer,
): Promise<MeasuredChange> {
  const { model: file, subset, mode, tiling, tta } = options;
  // Both read images alike, and are one model where it comes to images that it was trained on.
  const [{ dataset }] = await openEvaluationData([{ file, model }], options, observer);
  const comparison = await compareWeights(model, compressed, dataset, {
    ...{ subset, tiling, tta, batch: EVALUATION_BATCH },
    mode: resolveMode(mode, model),
    ...maskOptions(options),
    onProgress: progressOf(observer, 'evaluate'),
  });
  return { ...comparison, ...sizesOf(dataset, subset) };
}
