/** A file of masks or of probabilities: in a format that keeps the geometry of its image, as an array, or as a picture. */

import type { Outputs } from '#platform/files/outputs.js';
import { InputError } from '../../base/errors.js';
import type { FileKind } from '../../formats/file-kind.js';
import type { OpenedImage, ResultFormat } from '../../formats/format.js';
import { encodeNpy, NPY } from '../../formats/npy.js';
import { encodePng } from '../../formats/png/encode.js';
import { resultsAs } from '../../formats/results.js';
import type { Image } from '../../image/image.js';
import { toPlanes } from '../../image/pack.js';
import type { OutputFile } from '../../platform/outputs.js';
import { storedMask } from '../../report/overlay.js';
import { LABELS_MARK, MASK, PROBABILITIES_MARK, RESULT_MARK } from '../kinds.js';
import type { ResultContext, ResultFormatName } from './results.js';

/** A file that is claimed. */
export interface ResultFile {
  /** Writes the slices of an image: labels, or probabilities in channels. */
  write(slices: readonly Image[]): Promise<void>;
}

/** Where results go, and as what. */
export interface ResultPlace {
  /** The path without the ending. */
  readonly target: string;
  readonly format: ResultFormatName;
  /** Writes them with the geometry of the image; absent where they are pictures or arrays. */
  readonly results: ResultFormat | undefined;
  readonly context: ResultContext;
  readonly outputs: Outputs;
  /** The path of the image, for errors. */
  readonly source: string;
}

/** Claims a file whose name is that of the image with another end. */
export function claim({ target, outputs, source }: ResultPlace, end: string, kind: FileKind): Promise<OutputFile> {
  return outputs.file(target + end, kind, source);
}

/**
 * How results of an image are written that keep its geometry; undefined where they are pictures or arrays.
 * @param name the image's, for errors
 * @throws InputError for a DICOM segmentation of anything but DICOM
 */
export function resultsOf(
  format: ResultFormatName,
  { header, results: own }: Pick<OpenedImage, 'header' | 'results'>,
  name: string,
): ResultFormat | undefined {
  if (format === 'same' || format === own?.name) return own;
  if (format === 'png' || format === 'npy') return undefined;
  if (format !== 'dicom') return resultsAs(format, header, name);
  const why = 'a DICOM segmentation refers to the DICOM slices that it is of';
  throw new InputError(`${name}: is not DICOM, and ${why}; take --format nifti or tiff`);
}

/** Claims the file of the masks: NAME with the ending of the format, NAME.png, or NAME-mask.npy. */
export async function maskFile(place: ResultPlace): Promise<ResultFile> {
  const { format, results, context } = place;
  if (results) return geometryFile(place, results, '', RESULT_MARK, 'a mask');
  if (format === 'npy') return arrayFile(place, '-mask');
  const file = await claim(place, '.png', MASK);
  return {
    async write([mask]) {
      const stored = storedMask(mask as Image<Uint8Array>, context.classNames.length);
      await file.write(encodePng(stored, MASK.text));
    },
  };
}

/** Claims the file of the probabilities: NAME-probs with the ending of the format, or NAME.npy. */
export async function probabilitiesFile(place: ResultPlace): Promise<ResultFile> {
  const { results } = place;
  if (results?.holdsProbabilities) {
    return geometryFile(place, results, '-probs', PROBABILITIES_MARK, 'a file of probabilities');
  }
  return arrayFile(place, '');
}

/** Claims the file of the labels of the objects of a stack: NAME-labels with the ending of the format, or .npy. */
export async function labelsFile(place: ResultPlace): Promise<ResultFile> {
  const { results } = place;
  // Where probabilities have no place, 16 bits have none either.
  if (results?.holdsProbabilities) return geometryFile(place, results, '-labels', LABELS_MARK, 'a file of labels');
  return arrayFile(place, '-labels');
}

async function geometryFile(
  place: ResultPlace,
  results: ResultFormat,
  end: string,
  mark: string,
  what: string,
): Promise<ResultFile> {
  results.check?.();
  const file = await claim(place, end + results.extension, results.kind(mark, what));
  const { classNames } = place.context;
  return { write: async (slices) => file.write(await results.encode(slices, { classNames, mark })) };
}

/** Channels before rows and columns: [classes, height, width]; of several slices these before all. */
async function arrayFile(place: ResultPlace, end: string): Promise<ResultFile> {
  const file = await claim(place, `${end}.npy`, NPY);
  return {
    async write(slices) {
      const [{ width, height, channels, data }] = slices as [Image, ...Image[]];
      const all = new (data.constructor as new (length: number) => Image['data'])(slices.length * data.length);
      for (const [z, slice] of slices.entries()) toPlanes(slice, all.subarray(z * data.length));
      const planes = data instanceof Float32Array ? [channels] : [];
      await file.write(encodeNpy([...(slices.length > 1 ? [slices.length] : []), ...planes, height, width], all));
    },
  };
}
