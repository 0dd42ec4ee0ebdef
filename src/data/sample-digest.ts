/** A digest of a sample, by which a training that resumes recognises the images that it was begun on. */
import { asBytes } from '../base/bytes.js';
import { sha256OfParts } from '../base/sha256.js';
import type { Sample } from './dataset.js';

/**
 * Returns 64 bits of SHA-256, as 16 hexadecimal digits, of all that a training sees of a sample: its name, its size, its
 * pixels and its mask, as they were decoded and resized. Checkpoints hold it.
 */
export async function sampleDigest({ name, image, mask }: Sample): Promise<string> {
  const frame = new TextEncoder().encode(JSON.stringify([name, image.width, image.height, image.channels]));
  const pixels = [image.data, mask.data].map(asBytes);
  return (await sha256OfParts([frame, ...pixels])).slice(0, 16);
}
