/** Images on the disk, of any known format. */
import { type ImageHeader, PROBE_BYTES } from '../../../formats/format.js';
import { decodeImage, probeImage, verifyImage } from '../../../formats/formats.js';
import type { Image } from '../../../image/image.js';
import { readBytes, readStart } from './read.js';

/** Reads and decodes an image; errors as in `decodeImage`, or that the file cannot be read. */
export async function readImage(path: string): Promise<Image> {
  return decodeImage(await readBytes(path), path);
}

/** Reads the header alone: size and kind of an image for the price of a few bytes. */
export async function readImageHeader(path: string): Promise<ImageHeader> {
  return probeImage(await readStart(path, PROBE_BYTES), path);
}

/** Refuses a file that is cut short or damaged, as far as it shows without decoding; see `ImageFormat.verify`. */
export async function verifyImageFile(path: string): Promise<void> {
  verifyImage(await readBytes(path), path);
}
