/** The images that are to be predicted, all of them checked before the first result is written. */
import { InputError } from '../../base/errors.js';
import { plural } from '../../base/quantities.js';
import type { Mode } from '../../model/mode.js';
import type { Model } from '../../model/model.js';
import type { ImageFile } from '../../platform/node/files/list-images.js';
import { readPng, readPngHeader } from '../../platform/node/files/read-png.js';
import { requireForPrediction } from '../memory.js';
import { type Observer, progressOf } from '../observer.js';

/**
 * Looks at every image once before any work, so that a damaged one does not stop it half-way.
 * @throws InputError that names the file: damaged, of a kind that the model does not read, or too large for the memory
 */
export async function checkInputs(
  inputs: readonly ImageFile[],
  model: Model,
  mode: Mode,
  observer: Observer,
): Promise<void> {
  const { inChannels } = model.config;
  const told = progressOf(observer, 'reading');
  const sizes = new Set<string>();
  const others = { grey: 0, RGB: 0 };
  for (const [k, { path }] of inputs.entries()) {
    const { width, height } = await readPngHeader(path);
    if (!sizes.has(`${width}x${height}`)) requireForPrediction(model, mode, { path, width, height });
    sizes.add(`${width}x${height}`);
    const { channels } = await readPng(path);
    // Grey and colour are converted into each other.
    if (channels !== inChannels && inChannels !== 1 && inChannels !== 3) {
      const found = plural(channels, 'channel');
      throw new InputError(`${path}: an image of ${found}, the model reads ${inChannels}; save it with ${inChannels}`);
    }
    if (inChannels === 3 && channels < 3) others.grey++;
    if (inChannels === 1 && channels >= 3) others.RGB++;
    told(k + 1, inputs.length);
  }
  for (const from of ['grey', 'RGB'] as const) {
    if (others[from] > 0) observer.remark?.({ kind: 'converted', from, images: others[from] });
  }
}

/** @throws InputError unless NAME.png and NAME-overlay.png of all inputs are different files */
export function refuseCollisions(inputs: readonly ImageFile[]): void {
  const owners = new Map<string, string>();
  for (const { path, name } of inputs) {
    for (const result of [name, `${name}-overlay`]) {
      const other = owners.get(result);
      if (other) throw new InputError(`${other} and ${path} would both give ${result}.png; rename one of them`);
      owners.set(result, path);
    }
  }
}
