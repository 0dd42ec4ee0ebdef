/** Images that are read a part at a time, so that large ones need not be in memory as a whole. */
import { checkImage } from './channels.js';
import type { Size } from './frame.js';
import type { Image } from './image.js';
import { cutOut, type Window } from './window.js';

/** An image whose pixels are read where they are asked for. */
export interface ImageSource extends Size, Pick<Image, 'channels' | 'spacing'> {
  /** Reads a window, which must lie inside. */
  read(window: Window): Promise<Image>;
}

/** An image that is in memory, or one that is read. */
export type ReadableImage = Image | ImageSource;

/** An image that is in memory as one that is read. */
export function sourceOfImage(image: Image): ImageSource {
  const { width, height, channels, spacing } = image;
  return { width, height, channels, ...(spacing && { spacing }), read: async (window) => windowOf(image, window) };
}

/**
 * An image of a caller, whose values are looked at when they are there.
 * @throws InputError that starts with `name`, from here or when it is read, as `checkImage` does
 */
export function checkedSource(image: ReadableImage, name: string): ImageSource {
  if (!isSource(image)) {
    checkImage(image, name);
    return sourceOfImage(image);
  }
  const { width, height, channels, spacing } = image;
  const read = async (window: Window) => {
    const part = await image.read(window);
    checkImage(part, name, window);
    return part;
  };
  return { width, height, channels, ...(spacing && { spacing }), read };
}

function isSource(image: ReadableImage): image is ImageSource {
  return typeof Object(image).read === 'function';
}

/** How many samples a band has at most: small beside the images that are too large to be held. */
const BAND_SAMPLES = 2 ** 22;

/** The whole image from top to bottom, a band of rows at a time. */
export async function* bandsOf(image: ImageSource): AsyncGenerator<{ readonly top: number; readonly band: Image }> {
  const { width, height, channels } = image;
  const rows = Math.max(1, Math.floor(BAND_SAMPLES / (width * channels)));
  for (let top = 0; top < height; top += rows) {
    yield { top, band: await image.read({ left: 0, top, width, height: Math.min(rows, height - top) }) };
  }
}

/** A window of an image; of whole rows the memory is shared. */
function windowOf(image: Image, window: Window): Image {
  const { width, channels, spacing, data } = image;
  if (window.width < width) return cutOut(image, window);
  const row = width * channels;
  const rows = data.subarray(window.top * row, (window.top + window.height) * row);
  return { width, height: window.height, channels, data: rows, ...(spacing && { spacing }) };
}
