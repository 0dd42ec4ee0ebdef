/** Limits of the size of images, which are decoded as a whole. */
import { InputError } from '../base/errors.js';
import { MAX_SIDE } from '../image/image.js';

/** The most bytes that an image may take in memory: decoding takes a few times as many. */
export const MAX_BYTES = 2 ** 28;

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
