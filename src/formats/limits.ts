/** Limits of the size of files and images that are read as a whole. */
import { InputError } from '../base/errors.js';
import { MAX_SIDE } from '../image/image.js';

/** The largest file that is read as a whole, in bytes: more than any image within the limits needs, even badly compressed. */
export const MAX_FILE_BYTES = 2 ** 30;

/** The most bytes that an image may take in memory: decoding takes a few times as many. */
export const MAX_BYTES = 2 ** 28;

/** @throws InputError for a file that is too large to be read as a whole */
export function checkFileSize(size: number, name: string): void {
  if (size <= MAX_FILE_BYTES) return;
  throw new InputError(`${name}: too large: ${size} bytes, expected at most ${MAX_FILE_BYTES}; cut it into tiles`);
}

/**
 * Checks the size of an image before it is decoded.
 * @param what the image, for the error: `2x16385 of 8-bit grey`
 * @param bytes what it takes decoded
 * @throws InputError that starts with `name` and gives the numbers
 */
export function checkLimits(width: number, height: number, bytes: number, what: string, name: string): void {
  if (width <= MAX_SIDE && height <= MAX_SIDE && bytes <= MAX_BYTES) return;
  const most = `at most ${MAX_SIDE} pixels a side and ${MAX_BYTES} bytes`;
  throw new InputError(`${name}: too large: ${what} takes ${bytes} bytes, expected ${most}; cut it into tiles`);
}
