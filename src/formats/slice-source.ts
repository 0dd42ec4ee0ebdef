/** The slices of files as images that are read a part at a time. */
import { type ImageSource, sourceOfImage } from '../image/image-source.js';
import type { OpenedImage } from './format.js';

/** From so many samples on a slice is read a part at a time: what is smaller is decoded once, and kept. */
const LARGE = 2 ** 24;

/**
 * A slice of a file as an image that is read. Where its format reads windows and the slice is large, each is read from the
 * file; else the slice is decoded when the first is asked for, and kept with what is returned.
 */
export function sliceSource({ header, read, readsWindows }: OpenedImage, slice: number): ImageSource {
  const { width, height, channels, spacing } = header;
  const shape = { width, height, channels, ...(spacing && { spacing }) };
  if (readsWindows && width * height * channels >= LARGE) return { ...shape, read: (window) => read(slice, window) };
  let whole: Promise<ImageSource> | undefined;
  const decoded = async () => sourceOfImage(await read(slice));
  return { ...shape, read: async (window) => (await (whole ??= decoded())).read(window) };
}
