/** DICOM as one of the formats of images. */
import type { ImageFormat, OpenedImage, OpenOptions } from '../format.js';
import type { ByteSource } from '../source.js';
import { isDicom, openFile } from './file.js';
import { framesOf } from './frame-list.js';
import { openFrames } from './opened.js';
import { Pixels } from './pixels.js';
import { isSegmentation, openSegmentation } from './segmentation/segments.js';

/** A file by itself: a picture, or the frames of a multi-frame file as slices. For files of a series, see series.ts. */
export const dicomFormat: ImageFormat = {
  name: 'DICOM',
  extensions: ['.dcm', '.dicom'],
  matches: isDicom,
  async open(source: ByteSource, options: OpenOptions): Promise<OpenedImage> {
    const pixels = new Pixels(await openFile(source));
    return isSegmentation(pixels)
      ? openSegmentation(pixels)
      : openFrames(framesOf(pixels), { ...options, name: source.name, isOneFile: true });
  },
};
