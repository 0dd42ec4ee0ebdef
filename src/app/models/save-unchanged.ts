/** A model written over the file that it was read from. */

import { replaceUnchanged } from '#platform/files/outputs.js';
import type { Model } from '../../model/model.js';
import { encodeModel } from '../../model/modelfile.js';

/**
 * Writes a model over its file.
 * @param bytes the bytes of the file as it was read
 * @throws InputError where the file has changed: a training may have written a better model meanwhile
 */
export async function saveUnchanged(model: Model, file: string, bytes: Uint8Array): Promise<void> {
  await replaceUnchanged(file, bytes, await encodeModel(model));
}
