/** Images on the disk, of any known format. */
import type { OpenedImage, OpenOptions } from '../../../formats/format.js';
import { onlySlice, openImage } from '../../../formats/formats.js';
import type { Image } from '../../../image/image.js';
import { openFile } from './read.js';

/** Reads what a file says of its images; errors as in `openImage`, or that the file cannot be read. */
export async function openImageFile(path: string, options: OpenOptions = {}): Promise<OpenedImage> {
  return openImage(await openFile(path), options);
}

/** Reads and decodes a picture; errors as in `decodeImage`, or that the file cannot be read. */
export async function readImage(path: string): Promise<Image> {
  return onlySlice(await openImageFile(path), path);
}
