/** SHA-256 of data that lies in parts. */
import { createHash } from 'node:crypto';

/** Computes the SHA-256 of consecutive parts without copying them. */
export async function hashParts(parts: readonly Uint8Array[]): Promise<string> {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
