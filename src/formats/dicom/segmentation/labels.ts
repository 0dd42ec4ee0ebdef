/** Labels as they are written: for each frame of the source, where each of its pixels lies in the file. */
import { InputError } from '../../../base/errors.js';
import type { Image } from '../../../image/image.js';
import { placeSlice } from '../../volume.js';
import type { Frame } from '../frame-list.js';
import { frameNumber, type View, withinFrame } from '../view.js';

/** The labels of a frame, by its number in the order of slices. */
export type LabelsOf = (frame: number) => Uint8Array;

/**
 * Puts labels, which were made of slices, back to where the pixels of the frames are.
 * @throws InputError for results that are no labels
 */
export function labelsOfFrames(
  results: readonly Image[],
  frames: readonly Frame[],
  view: View | undefined,
  name: string,
): LabelsOf {
  const slices = view?.slicing.slices.length ?? frames.length;
  const { width, height } = frames[0]!.pixels.format;
  const [columns, rows] = [view?.slicing.columns.length ?? width, view?.slicing.rows.length ?? height];
  if (results.some(({ data, channels }) => channels !== 1 || !(data instanceof Uint8Array))) {
    const found = `${results[0]!.channels} channels of ${results[0]!.data.constructor.name}`;
    throw new InputError(
      `${name}: a DICOM segmentation holds labels of 8 bits, got ${found}; write probabilities with --format nifti or npy`,
    );
  }
  if (results.length !== slices || results.some((image) => image.width !== columns || image.height !== rows)) {
    const found = `${results.length} of ${results[0]?.width}x${results[0]?.height}`;
    throw new InputError(`${name}: has ${slices} slices of ${columns}x${rows}, got labels of ${found}; give one each`);
  }
  const labels = results.map(({ data }) => data as Uint8Array);
  if (!view) return (frame) => labels[frame]!;
  if (!view.isOwnPlane) {
    const volume = new Uint8Array(width * height * frames.length);
    for (const [slice, data] of labels.entries()) placeSlice(view.slicing, slice, volume, data);
    return (frame) => volume.subarray(frame * width * height, (frame + 1) * width * height);
  }
  const own = withinFrame(view);
  return (frame) => {
    const target = new Uint8Array(width * height);
    // The number of a frame is that of its slice, and the other way round.
    placeSlice(own, 0, target, labels[frameNumber(view, frame)]!);
    return target;
  };
}
