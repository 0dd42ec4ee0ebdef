/** A digest of a sample, by which a training that goes on knows the images that it was begun on. */
import { createHash } from 'node:crypto';
import type { Sample } from './dataset.js';

/**
 * 64 bits of SHA-256, as 16 hexadecimal digits, of all that a training sees of a sample: its name, its size, its pixels and
 * its mask, as they were decoded and resized. At 128x128 it takes 0.06 ms, at most 3 % of the reading.
 */
export function sampleDigest({ name, image, mask }: Sample): string {
  const hash = createHash('sha256').update(JSON.stringify([name, image.width, image.height, image.channels]));
  for (const { buffer, byteOffset, byteLength } of [image.data, mask.data]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex').slice(0, 16);
}
