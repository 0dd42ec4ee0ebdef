/** A model file cut down to one head, as a model file of its own. */
import { loadModel } from '../../index.js';
import type { Model } from '../../model/model.js';
import { DERIVED_MODEL, encodeModel } from '../../model/modelfile.js';
import { prune } from '../../model/prune.js';
import { type ForceOption, outputsOf } from '../outputs.js';

export interface PruneFileOptions extends ForceOption {
  /** The model file. */
  readonly model: string;
  /** The head that is kept: 1 for L1. */
  readonly level: number;
  /** The file that is written. */
  readonly out: string;
}

export interface PrunedFile {
  readonly model: Model;
  readonly pruned: Model;
  /** The length of the file in bytes. */
  readonly bytes: number;
}

/** Prunes a model file. @throws InputError for a model without that head, or a file that may not be written */
export async function pruneFile(options: PruneFileOptions): Promise<PrunedFile> {
  const file = await outputsOf(options, { '--model': options.model }).file(options.out, DERIVED_MODEL);
  const model = await loadModel(options.model, { threads: 1 });
  const pruned = prune(model, options.level);
  const bytes = await encodeModel(pruned);
  await file.write(bytes);
  return { model, pruned, bytes: bytes.length };
}
