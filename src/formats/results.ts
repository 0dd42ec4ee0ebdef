/** Results in another format than that of the image that they are of. */
import type { ImageHeader, ResultFormat } from './format.js';
import { niftiFile } from './nifti/new-file.js';
import { tiffFile } from './tiff/results.js';

/** The formats that hold the slices of any image. */
export type AnyImageFormat = 'tiff' | 'nifti';

/**
 * Writes results of any image: with the distances of its pixels and slices where they are known, and in NIfTI with its
 * place in the patient.
 * @param name the image's, for errors
 */
export function resultsAs(format: AnyImageFormat, header: ImageHeader, name: string): ResultFormat {
  return format === 'tiff' ? tiffFile(header, name) : niftiFile(header);
}
