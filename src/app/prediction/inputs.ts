/** The images to be predicted, all of them checked before the first result is written. */
import { InputError } from '../../base/errors.js';
import { plural } from '../../base/quantities.js';
import { isConvertible } from '../../image/channels.js';
import type { Tiling } from '../../infer/tiles.js';
import type { Tta } from '../../infer/tta.js';
import type { ImageFile } from '../../platform/node/files/list-images.js';
import { openImageFile } from '../../platform/node/files/read-image.js';
import { type PredictionNeed, requireForPrediction } from '../memory.js';
import type { LoadedModel } from '../models/load-models.js';
import { type Observer, progressOf } from '../observer.js';

/**
 * Checks every file before any work, so that a damaged one does not stop it half-way. Nothing is decoded: headers,
 * structure and checksums show the damage that files suffer.
 * @throws InputError that names the file: damaged, of a kind that the model does not read, or too large for the memory
 */
export async function checkInputs(
  inputs: readonly ImageFile[],
  models: readonly LoadedModel[],
  computing: { readonly tiling: Tiling; readonly tta: Tta },
  observer: Observer,
): Promise<void> {
  const told = progressOf(observer, 'reading');
  const sizes = new Map<string, PredictionNeed>();
  const tiled: PredictionNeed[] = [];
  const others = { grey: 0, RGB: 0 };
  for (const [k, { path }] of inputs.entries()) {
    const opened = await openImageFile(path);
    const { width, height, channels } = opened.header;
    const size = `${width}x${height}`;
    const need = sizes.get(size) ?? requireForPrediction(models, computing, { path, width, height });
    sizes.set(size, need);
    if (need.plan) tiled.push(need);
    await opened.verify();
    const read = models.map(({ model }) => model.config.inChannels);
    for (const [m, inChannels] of read.entries()) {
      if (isConvertible(channels, inChannels)) continue;
      const reader = models.length > 1 ? models[m]!.file : 'the model';
      const wanted = `${inChannels}${inChannels === 1 || inChannels === 3 ? '' : ' channels as .npy'}`;
      const what = `an image of ${plural(channels, 'channel')}, ${reader} reads ${inChannels}`;
      throw new InputError(`${path}: ${what}; save it with ${wanted}`);
    }
    if (channels === 1 && read.includes(3)) others.grey++;
    if (channels === 3 && read.includes(1)) others.RGB++;
    told(k + 1, inputs.length);
  }
  if (tiled.length > 0) {
    const [{ plan, bytes }] = tiled.sort((a, b) => b.bytes - a.bytes) as [PredictionNeed];
    observer.remark?.({ kind: 'tiled', images: tiled.length, ...plan!.tile, bytes, approximate: plan!.approximate });
  }
  for (const from of ['grey', 'RGB'] as const) {
    if (others[from] > 0) observer.remark?.({ kind: 'converted', from, images: others[from] });
  }
}

/**
 * @param pictures what is written of an image NAME, as endings of its name: '' for NAME.png
 * @throws InputError unless the pictures of all inputs are different files
 */
export function refuseCollisions(inputs: readonly ImageFile[], pictures: readonly string[]): void {
  const owners = new Map<string, string>();
  for (const { path, name } of inputs) {
    for (const result of pictures.map((ending) => name + ending)) {
      const other = owners.get(result);
      if (other) throw new InputError(`${other} and ${path} would both give ${result}.png; rename one of them`);
      owners.set(result, path);
    }
  }
}
