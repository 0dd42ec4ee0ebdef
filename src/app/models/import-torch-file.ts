/** A PyTorch state dict turned into a model file. */

import { createBackend } from '#platform/backends.js';
import { readFileChecked } from '#platform/files/read.js';
import { parseJson } from '../../base/json.js';
import { readSafetensors } from '../../formats/safetensors.js';
import type { Model } from '../../model/model.js';
import { DERIVED_MODEL, encodeModel } from '../../model/modelfile.js';
import { importTorch } from '../../model/torch.js';
import { type ForceOption, outputsOf } from '../outputs.js';

export interface ImportTorchFileOptions extends ForceOption {
  /** The safetensors file of the state dict. */
  readonly weights: string;
  /** The configuration of the network, as JSON or the name of a file that holds it. */
  readonly config: string;
  /** The file that is written. */
  readonly out: string;
}

/**
 * Writes the model file, and returns the model.
 * @throws InputError for weights that do not fit the network, or a file that may not be written
 */
export async function importTorchFile(options: ImportTorchFileOptions): Promise<Model> {
  const reads = { '--weights': options.weights, '--config': isInline(options.config) ? undefined : options.config };
  const file = await outputsOf(options, reads).file(options.out, DERIVED_MODEL);
  const config = await readConfig(options.config);
  const { tensors } = await readSafetensors(await readFileChecked(options.weights), options.weights);
  const model = importTorch(tensors, config, { backend: createBackend(), file: options.weights });
  await file.write(await encodeModel(model));
  return model;
}

/** Inline JSON begins with a brace; everything else is the name of a file. */
function isInline(config: string): boolean {
  return config.trimStart().startsWith('{');
}

async function readConfig(config: string): Promise<unknown> {
  if (isInline(config)) return parseJson(config, '--config');
  return parseJson(new TextDecoder().decode(await readFileChecked(config)), config);
}
