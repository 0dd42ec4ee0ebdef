/** An ONNX file turned into a model file. */

import { createBackend } from '#platform/backends.js';
import { readFileChecked } from '#platform/files/read.js';
import { importOnnx } from '../../import/onnx/import-onnx.js';
import type { Model } from '../../model/model.js';
import { DERIVED_MODEL, encodeModel } from '../../model/modelfile.js';
import { type ForceOption, outputsOf } from '../outputs.js';

export interface ImportOnnxFileOptions extends ForceOption {
  /** The ONNX file. */
  readonly weights: string;
  /** The file that is written. */
  readonly out: string;
}

/**
 * Writes the model file, and returns the model.
 * @throws InputError for a file that holds no network of the family, or one that may not be written
 */
export async function importOnnxFile(options: ImportOnnxFileOptions): Promise<Model> {
  const file = await outputsOf(options, { '--weights': options.weights }).file(options.out, DERIVED_MODEL);
  const bytes = await readFileChecked(options.weights);
  const model = importOnnx(bytes, { backend: createBackend(), file: options.weights });
  await file.write(await encodeModel(model));
  return model;
}
