/** What is written of an image: a picture for each, or a file in the format of a volume that holds all of its slices. */
import type { Image } from '../../image/image.js';
import type { ImageSource } from '../../image/image-source.js';
import type { Instances } from '../../infer/instances.js';
import type { Prediction } from '../../infer/prediction.js';

/** What is written beside the mask and its overlay. */
export interface ResultOptions {
  /** Whether the probabilities are written, too. */
  readonly saveProbs?: boolean;
  /** Whether NAME-labels.png and NAME-objects.csv are written, too: the number of each pixel's object, and the objects. */
  readonly instances?: boolean;
  /** The format of masks. Default: 'same'. */
  readonly format?: ResultFormatName;
}

/** What masks are written as: `same` is the format of the image where that keeps its geometry, else PNG. */
export const resultFormats = ['same', 'png', 'npy', 'tiff', 'nifti', 'dicom'] as const;

export type ResultFormatName = (typeof resultFormats)[number];

/** What the files of a slice are made of. */
export interface Results {
  readonly mask: Image<Uint8Array>;
  readonly prediction?: Prediction | undefined;
  readonly instances?: Instances | undefined;
}

/** Writes the files of an image, slice after slice, the last of them at the end. */
export interface ResultWriter {
  /** Which results it asks for. */
  readonly wants: { readonly prediction: boolean; readonly instances: boolean };
  add(slice: number, image: ImageSource, results: Results): Promise<void>;
  /** Writes what is left, and returns how many objects there are, where they are written. */
  finish(): Promise<number>;
}

/** What names and errors of results need to know. */
export interface ResultContext {
  /** The names of the classes 1, 2, … */
  readonly classNames: readonly string[];
}

/** Probabilities as an image, whose channels are the classes. */
export function asImage({ width, height, classes, probs }: Prediction): Image<Float32Array> {
  return { width, height, channels: classes, data: probs };
}
