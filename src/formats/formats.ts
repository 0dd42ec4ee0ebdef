/**
 * The formats of images, one row each. A file is recognised by its content; its name decides only where the content says
 * nothing, so that a damaged file is not passed over.
 */
import { InputError } from '../base/errors.js';
import type { Image } from '../image/image.js';
import { dicomFormat } from './dicom/format.js';
import type { ImageFormat, OpenedImage, OpenOptions } from './format.js';
import { isGzip } from './gunzip.js';
import { jpegFormat } from './jpeg/format.js';
import { niftiFormat } from './nifti/format.js';
import { npyFormat } from './npy.js';
import { pngFormat } from './png/format.js';
import { describeBeginning, SIGNATURE_BYTES } from './signature.js';
import { type ByteSource, sourceOf } from './source.js';
import { tiffFormat } from './tiff/format.js';

/** DICOM comes before TIFF: the first 128 bytes of a DICOM file are free, and scanners put the header of a TIFF there. */
export const imageFormats: readonly ImageFormat[] = [
  pngFormat,
  jpegFormat,
  dicomFormat,
  tiffFormat,
  niftiFormat,
  npyFormat,
];

/** The ending by which the name of a file says that it is an image, in lower case; undefined where it says nothing. */
export function imageEnding(name: string): string | undefined {
  const lower = name.toLowerCase();
  const endings = imageFormats.flatMap(({ extensions }) => extensions).filter((ending) => lower.endsWith(ending));
  return endings.sort((a, b) => b.length - a.length)[0];
}

/** Splits the name of an image before its ending: `scan.nii.gz` is `scan`. */
export function imageStem(name: string): string {
  const ending = imageEnding(name);
  return ending === undefined ? name : name.slice(0, -ending.length);
}

/** Whether a file is taken for an image: by its content, or by its name. */
export async function isImage(source: ByteSource): Promise<boolean> {
  if (imageEnding(source.name) !== undefined) return true;
  const start = await source.read(0, SIGNATURE_BYTES);
  // What is in a gzip file shows only when it is opened: most of them are something else.
  return formatOf(start) !== undefined && !isGzip(start);
}

/**
 * Reads what a file says of its images; their pixels are decoded by `read` of what is returned.
 * @throws InputError in one line for a file that is of no known format, truncated, damaged or too large
 */
export async function openImage(source: ByteSource, options: OpenOptions = {}): Promise<OpenedImage> {
  const start = await source.read(0, SIGNATURE_BYTES);
  const format = formatOf(start);
  if (format) return format.open(source, options);
  throw new InputError(
    `${source.name}: not an image of a known format: it ${describeBeginning(start)}; convert it to PNG`,
  );
}

/**
 * Decodes an image of any of the formats.
 * @param name the file's name for errors, usually its path
 * @throws InputError in one line for a file that is of no known format, truncated, damaged, too large, or of several slices
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<Image> {
  return onlySlice(await openImage(sourceOf(bytes, name)), name);
}

/** Decodes a picture. @throws InputError for a file of several slices */
export async function onlySlice(opened: OpenedImage, name: string): ReturnType<OpenedImage['read']> {
  const { slices } = opened.header;
  if (slices === 1) return opened.read(0);
  throw new InputError(`${name}: holds ${slices} slices, expected a picture; read them by openImage`);
}

/** The format of a file that begins like this. */
function formatOf(start: Uint8Array): ImageFormat | undefined {
  return imageFormats.find((format) => format.matches(start));
}
