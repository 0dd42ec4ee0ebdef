/** DICOM as one of the formats of images. */
import type { ImageFormat } from '../format.js';
import { isDicom } from './signature.js';

/** A file by itself: a picture, or the frames of a multi-frame file as slices. For files of a series, see series.ts. */
export const dicomFormat: ImageFormat = {
  name: 'DICOM',
  extensions: ['.dcm', '.dicom'],
  matches: isDicom,
  open: async (source, options) => (await import('./series.js')).openDicom(source, options),
};
