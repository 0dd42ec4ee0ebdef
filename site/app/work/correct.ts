/** Corrections of masks, and what is taken home. */
import type { Progress } from '../../../src/app/observer.js';
import type { Image } from '../../../src/image/image.js';
import type { ExportedMasks } from '../../engine/protocol.js';
import { lookIntoStorage } from './storage.js';
import type { Work } from './work.js';

/** Keeps a corrected mask of the open image. */
export async function keepCorrection(work: Work, mask: Image<Uint8Array>): Promise<void> {
  const { engine, store } = work;
  const { view, slice } = store.get().image!;
  store.set({ corrected: await engine.correct(view.id, slice, mask) });
  await lookIntoStorage(work);
}

/** Makes the masks of all images that were taken, by the mean of the heads where there is one. */
export function exportMasks({ engine, store }: Work, onProgress: (progress: Progress) => void): Promise<ExportedMasks> {
  const { mode, threshold } = store.get().model!.outputs.at(-1)!;
  return engine.exportMasks(mode, threshold, onProgress);
}
