import { InputError } from '../base/errors.js';
import { readFileChecked, writeFileAtomic } from '../files/atomic.js';
import type { Model } from '../model/model.js';
import { encodeModel } from '../model/modelfile.js';

/**
 * Writes a model over its file.
 * @param bytes of the file as it was read
 * @throws InputError where it is another one now: a training may have written a better model meanwhile
 */
export async function saveUnchanged(model: Model, file: string, bytes: Uint8Array): Promise<void> {
  if (Buffer.compare(await readFileChecked(file), bytes) !== 0) {
    throw new InputError(`${file}: has changed while it was evaluated, so that nothing is stored; evaluate it again`);
  }
  await writeFileAtomic(file, await encodeModel(model));
}
