/** PNG files on the disk. */

import { type PngHeader, parsePngHeader } from '../../../formats/png/header.js';
import { decodePng, type PngImage } from '../../../formats/png/png.js';
import { SIGNATURE_BYTES } from '../../../formats/signature.js';
import { readBytes, readStart } from './read.js';

/** Reads and decodes a PNG file; errors as in `decodePng`, or that the file cannot be read. */
export async function readPng(path: string): Promise<PngImage> {
  return decodePng(await readBytes(path), path);
}

/** Reads the header alone: size and kind of an image for the price of a few bytes. */
export async function readPngHeader(path: string): Promise<PngHeader> {
  return parsePngHeader(await readStart(path, SIGNATURE_BYTES), path);
}
