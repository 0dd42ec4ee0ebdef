/** The open model on the open image: what its heads make of it, and what its nodes see. */
import type { Engine, ModelView } from '../../engine/protocol.js';
import { messageOf, type Work } from './work.js';

/** The number of what was asked for last, an image or another slice of it; it is opened while `shown` is less. */
let asked = 0;
/** The number of what is shown. */
let shown = 0;

/** Opens an image, and begins to segment it. One that cannot be read is said so, and one that comes too late is dropped. */
export async function showImage(work: Work, source: Parameters<Engine['openImage']>[0]): Promise<void> {
  const { engine, store } = work;
  const own = ++asked;
  store.set({ mean: null, heads: null, features: null, imageError: null });
  try {
    const view = await engine.openImage(source);
    const slice = Math.floor(view.slices / 2);
    const { mask } = view.hasMask ? await engine.slice(view.id, slice) : { mask: null };
    if (own !== asked) return;
    shown = own;
    store.set({ image: { view, slice, picture: view.shown, truth: mask } });
    void segment(work);
  } catch (error) {
    if (own === asked) store.set({ image: null, imageError: messageOf(error) });
  }
}

/** Goes to another slice of the open image. */
export async function showSlice(work: Work, slice: number): Promise<void> {
  const { engine, store } = work;
  const { image } = store.get();
  if (!image) return;
  const own = ++asked;
  shown = own;
  store.set({ image: { ...image, slice }, mean: null, heads: null, features: null, imageError: null });
  await attempt(work, async () => {
    const { shown: picture, mask } = await engine.slice(image.view.id, slice);
    if (own === asked) store.set({ image: { ...image, slice, picture, truth: mask } });
  });
  if (own === asked) await segment(work);
}

/** Takes a model for all that follows, and begins to segment the open image with it. */
export function useModel(work: Work, model: ModelView): void {
  const { output } = work.store.get();
  const modes = model.outputs.map(({ mode }) => mode);
  work.store.set({
    model,
    output: modes.includes(output) ? output : modes.at(-1)!,
    mean: null,
    heads: null,
    features: null,
  });
  void segment(work);
}

/**
 * Segments the image that is shown with the open model, where there are both, unless another one is opened. What comes
 * too late is dropped: it would be of another image than the one that comes next.
 */
export async function segment(work: Work): Promise<void> {
  const { engine, store } = work;
  const { image, model } = store.get();
  if (!image || !model || shown !== asked) return;
  const { view, slice } = image;
  const own = asked;
  const isCurrent = () => own === asked && store.get().model === model;
  store.set({ mean: null, heads: null, features: null, imageError: null });
  await attempt(work, async () => {
    const heads = await engine.compare(view.id, slice, (mean) => {
      if (isCurrent()) store.set({ mean });
    });
    if (isCurrent()) store.set({ heads });
  });
  if (!isCurrent() || store.get().imageError !== null) return;
  await attempt(work, async () => {
    const features = await engine.features(view.id, slice);
    if (isCurrent()) store.set({ features });
  });
}

async function attempt({ store }: Work, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    store.set({ imageError: messageOf(error) });
  }
}
