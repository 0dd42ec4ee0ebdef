/** Opens a DICOM file. */
import type { OpenedImage, OpenOptions } from '../format.js';
import type { ByteSource } from '../source.js';
import { openFile } from './file.js';
import { framesOf } from './frame-list.js';
import { openFrames } from './opened.js';
import { Pixels } from './pixels.js';
import { isSegmentation, openSegmentation } from './segmentation/segments.js';

/** @throws InputError in one line for a file that is damaged, holds no image, or is not read */
export async function openDicom(source: ByteSource, options: OpenOptions): Promise<OpenedImage> {
  const pixels = new Pixels(await openFile(source));
  return isSegmentation(pixels)
    ? openSegmentation(pixels)
    : openFrames(framesOf(pixels), { ...options, name: source.name, isOneFile: true });
}
