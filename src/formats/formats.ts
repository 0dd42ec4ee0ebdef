/**
 * The formats of images, one row each. A file is recognised by its content and not by its name, which only decides
 * whether a folder's file is taken for an image at all.
 */
import type { Image } from '../image/image.js';
import type { ImageFormat, ImageHeader } from './format.js';
import { npyFormat } from './npy.js';
import { pngFormat } from './png/format.js';

export const imageFormats: readonly ImageFormat[] = [pngFormat, npyFormat];

/** Whether a file of this name is taken for an image. */
export function isImageName(name: string): boolean {
  const lower = name.toLowerCase();
  return imageFormats.some(({ extensions }) => extensions.some((extension) => lower.endsWith(extension)));
}

/** The size and kind of an image, see `ImageFormat.probe`. */
export function probeImage(start: Uint8Array, name: string): ImageHeader {
  return formatOf(start).probe(start, name);
}

/** Refuses a damaged file without decoding it, see `ImageFormat.verify`. */
export function verifyImage(bytes: Uint8Array, name: string): void {
  formatOf(bytes).verify(bytes, name);
}

/**
 * Decodes an image of any of the formats.
 * @param name the file's name for errors, usually its path
 * @throws InputError in one line for a file that is of no known format, truncated, damaged or too large
 */
export function decodeImage(bytes: Uint8Array, name: string): Image {
  return formatOf(bytes).decode(bytes, name);
}

/** Returns the format of a file, and PNG where it has none: its error says what the file is instead. */
function formatOf(start: Uint8Array): ImageFormat {
  return imageFormats.find((format) => format.matches(start)) ?? pngFormat;
}
