/** The files of a converted folder: an image and its mask, or all slices of a volume and theirs. */
import { InputError } from '../../base/errors.js';
import type { RecordFile } from '../../data/folder/format.js';
import type { LabelledImage } from '../../data/record.js';
import { openImage } from '../../formats/formats.js';
import { npyFormat } from '../../formats/npy.js';
import { encodePng } from '../../formats/png/encode.js';
import { pngFormat } from '../../formats/png/format.js';
import { type AnyImageFormat, resultsAs } from '../../formats/results.js';
import { sourceOf } from '../../formats/source.js';
import { isConvertible } from '../../image/channels.js';
import type { Plane } from '../../image/plane.js';
import { storedMask } from '../../report/overlay.js';
import { IMAGE_MARK, RESULT_MARK } from '../kinds.js';

/** What images and masks are written as. */
export const convertFormats = ['png', 'npy', 'tiff', 'nifti'] as const;

export type ConvertFormat = (typeof convertFormats)[number];

/** An image and its mask as files. */
export interface EncodedPair {
  /** The ends of the names of both. */
  readonly endings: readonly [image: string, mask: string];
  readonly image: Uint8Array;
  readonly mask: Uint8Array;
}

/**
 * Encodes a picture and its mask: as PNG where that holds the image, else the image as .npy, unless a format is given.
 * @throws InputError that starts with `name` for an image that a PNG does not hold
 */
export function encodePicture(
  format: 'png' | 'npy' | undefined,
  { image, mask }: LabelledImage,
  name: string,
  classes: number,
): EncodedPair {
  const fitsPng = !(image.data instanceof Float32Array) && isConvertible(image.channels, 1);
  const imageFormat = (format ?? (fitsPng ? 'png' : 'npy')) === 'png' ? pngFormat : npyFormat;
  const isArray = format === 'npy';
  return {
    endings: [imageFormat.extensions[0]!, isArray ? '.npy' : '.png'],
    image: imageFormat.encode!(image, name),
    mask: isArray ? npyFormat.encode!(mask, name) : encodePng(storedMask(mask, classes)),
  };
}

/**
 * Encodes all slices of a file and their masks, as one file each that says as much of distances and of where it lies.
 * @throws InputError that starts with the file's name for images that the format does not hold
 */
export async function encodeSlices(
  format: AnyImageFormat,
  slices: readonly LabelledImage[],
  { name, header }: RecordFile,
  classNames: readonly string[],
): Promise<EncodedPair> {
  const { channels } = slices[0]!.image;
  if (format === 'nifti' && channels !== 1) {
    const found = `${channels} channels, and NIfTI is written with one number a voxel`;
    throw new InputError(`${name}: has ${found}; take --format tiff or npy`);
  }
  const { encode, extension } = resultsAs(format, header, name);
  const encoded = (images: Parameters<typeof encode>[0], mark: string) => encode(images, { classNames, mark });
  return {
    endings: [extension, extension],
    image: await encoded(
      slices.map(({ image }) => image),
      IMAGE_MARK,
    ),
    mask: await encoded(
      slices.map(({ mask }) => mask),
      RESULT_MARK,
    ),
  };
}

/** The plane that has to be named so that a volume which was written is cut as it was before; undefined where none has to. */
export async function planeToName(written: Uint8Array, { name, header }: RecordFile): Promise<Plane | undefined> {
  const { plane } = (await openImage(sourceOf(written, name))).header;
  // Slices that lie nowhere are written as axial ones.
  const own = header.plane ?? 'axial';
  return header.slices === 1 || plane === undefined || plane === own ? undefined : own;
}
