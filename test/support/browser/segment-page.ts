/** A page that segments pictures with `unetpp/web`, for tests: what comes back is plain data. */
import { InputError, loadModel, type Picture, type SegmentOptions, segment, type WebModel } from '../../../src/web.js';

/** How a test names a picture: an address for an element, a file's address, or pixels. */
export type Given =
  | { readonly element: string }
  | { readonly file: string }
  | { readonly grey: readonly number[]; readonly width: number }
  | { readonly rgba: readonly number[]; readonly width: number };

async function pictureOf(given: Given): Promise<Picture> {
  if ('element' in given) return Object.assign(new Image(), { src: given.element });
  if ('file' in given) return new File([await (await fetch(given.file)).blob()], given.file);
  const { width } = given;
  if ('rgba' in given) return new ImageData(Uint8ClampedArray.from(given.rgba), width);
  return { width, height: given.grey.length / width, channels: 1, data: Uint8Array.from(given.grey) };
}

/** What a page has of an error: its words, and whether they are for the user. */
async function told<T>(work: () => Promise<T>): Promise<T | { error: string; input: boolean }> {
  try {
    return await work();
  } catch (error) {
    return { error: (error as Error).message, input: error instanceof InputError };
  }
}

let model: WebModel;
const warnings: string[] = [];

export const load = (file: string, options: { threads?: number; segment?: string } = {}) =>
  told(async () => {
    const { threads = 1, segment } = options;
    const warn = (message: string) => void warnings.push(message);
    model = await loadModel(file, { threads, warn, ...(segment && { urls: { segment } }) });
    return { backend: model.backend, threads: model.threads, channels: model.config.inChannels, warnings };
  });

/** Segments a picture, and draws its mask on a canvas. */
export const ask = (given: Given, options?: SegmentOptions) =>
  told(async () => {
    const { mask, overlay, prediction } = await segment(model, await pictureOf(given), options);
    const canvas = Object.assign(document.createElement('canvas'), { width: mask.width, height: mask.height });
    const context = canvas.getContext('2d')!;
    context.putImageData(overlay, 0, 0);
    const { data } = context.getImageData(0, 0, mask.width, mask.height);
    const probs = prediction && [...prediction.probs];
    return { mask: [...mask.data], canvas: [...data], overlay: [...overlay.data], probs };
  });

export const closing = (given: Given) =>
  told(async () => {
    const pending = segment(model, await pictureOf(given));
    model.close();
    return pending.then(() => 'done');
  });
