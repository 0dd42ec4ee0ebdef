/** Records: labelled images as they are stored, each at its own size, before anything is made of them for a network. */

import type { PngImage } from '../formats/png/png.js';
import type { Image } from '../image/image.js';

/** An image as it is stored, and its mask: 0 = background, 1..K = the classes. */
export interface LabelledImage {
  readonly image: Image<Uint8Array | Uint16Array> & Pick<PngImage, 'hasAlpha'>;
  readonly mask: Image<Uint8Array>;
}

/** What is known of the person that an image shows. */
export interface Origin {
  /** The patient, whose images are all kept in one subset. */
  readonly patient?: string;
  /** A class of the image as a whole, such as a diagnosis; each subset gets the same fraction of its images. */
  readonly label?: string;
}

/** One labelled image of a data set: what its header says at once, its pixels when they are read. */
export interface ImageRecord extends Origin {
  readonly name: string;
  /** Width of the stored image in pixels. */
  readonly width: number;
  /** Height of the stored image in pixels. */
  readonly height: number;
  /** How many channels are stored: 1 when it is grey, else 3. */
  readonly channels: 1 | 3;
  /**
   * Reads image and mask.
   * @throws InputError when a file turns out to be damaged or no mask
   */
  read(): Promise<LabelledImage>;
}

/** Records by their names, in the order of the names. */
export type ImageRecords = ReadonlyMap<string, ImageRecord>;

/** Returns 1 when every image is stored as grey, else 3. */
export function storedChannels(records: ImageRecords): 1 | 3 {
  return [...records.values()].every(({ channels }) => channels === 1) ? 1 : 3;
}

/** Returns how many pixels the images have together, as they are stored. */
export function storedPixels(records: ImageRecords): number {
  return [...records.values()].reduce((sum, { width, height }) => sum + width * height, 0);
}
