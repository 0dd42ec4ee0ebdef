/** What is opened: data to train on, images to segment, models, samples. */
import type { Progress } from '../../../src/app/observer.js';
import { plural } from '../../../src/base/quantities.js';
import type { Image } from '../../../src/image/image.js';
import { overlayClasses } from '../../../src/report/overlay.js';
import type { DroppedFile, Engine, Taken } from '../../engine/protocol.js';
import { samples } from '../samples.js';
import { showImage, useModel } from './segment.js';
import { lookIntoStorage } from './storage.js';
import { planAnew } from './train.js';
import { messageOf, type Work } from './work.js';

/** Opens what was dropped; `name` is that of its folder. */
export function openFiles(work: Work, name: string, files: readonly DroppedFile[]): Promise<void> {
  return reading(work, name, async (onProgress) => {
    const taken: Taken = await work.engine.take(name, files, onProgress);
    await opened[taken.kind](work, taken as never);
  });
}

const opened: { readonly [K in Taken['kind']]: (work: Work, taken: Taken & { readonly kind: K }) => Promise<void> } = {
  async data(work, { data, images, check, lines }) {
    const faults = check.faults.length > 0 ? `, and ${plural(check.faults.length, 'fault')} to look at` : '';
    const said = `${plural(check.images, 'image')} with masks to train on${faults}.`;
    work.store.set({ data: { name: data, images, check, lines }, opened: said });
    await Promise.all([planAnew(work), lookIntoStorage(work)]);
  },
  async images(work, { images, refused }) {
    work.store.set({ taken: { names: images, refused }, opened: `${plural(images.length, 'image')} to segment.` });
    await showImage(work, { taken: images[0]! });
  },
  async model(work, { model }) {
    work.store.set({ opened: `The model ${model.name}.` });
    useModel(work, model);
  },
};

/** Opens a sample image and the model that segments it. */
export function openSample(work: Work, id: string): Promise<void> {
  const { title, picture, model } = samples.find((sample) => sample.id === id)!;
  return reading(work, title, async (onProgress) => {
    const { engine, store } = work;
    const bytes = await (await fetch(picture)).blob();
    const file = { path: `${id}.png`, file: new File([bytes], `${id}.png`) };
    useModel(work, await engine.openModel({ bundled: model }));
    // As one that was dropped: its mask can be taken home.
    const taken = await engine.take(id, [file], onProgress);
    if (taken.kind !== 'images') return;
    const { images, refused } = taken;
    store.set({ taken: { names: images, refused } });
    await showImage(work, { taken: images[0]! });
    store.set({ opened: `${title}, and the model ${model} that segments it.` });
  });
}

/** Goes back to the phantom, and shows one of its slices. */
export function beginWithPhantom(work: Work): Promise<void> {
  return reading(work, 'the phantom', async () => {
    work.store.set({ data: null, opened: 'The phantom: synthetic heads with lesions, whose true masks are known.' });
    await showImage(work, { sample: 'validation-0000' });
    await planAnew(work);
  });
}

/** A small picture of an image that was taken, or of one of a data set with its mask over it. */
export async function thumbnail(
  { engine }: Work,
  source: Parameters<Engine['openImage']>[0],
): Promise<Image<Uint8Array>> {
  const { shown, mask } = await engine.glance(source);
  return mask ? overlayClasses(shown, mask) : shown;
}

/** Reads something, one thing at a time, and says how far it is and what went wrong. */
async function reading(
  work: Work,
  name: string,
  read: (onProgress: (progress: Progress) => void) => Promise<void>,
): Promise<void> {
  const { store } = work;
  if (store.get().reading) return;
  store.set({ reading: { name, progress: null }, opened: null, openError: null });
  try {
    await read((progress) => store.set({ reading: { name, progress } }));
  } catch (error) {
    store.set({ openError: messageOf(error) });
  } finally {
    store.set({ reading: null });
  }
}
