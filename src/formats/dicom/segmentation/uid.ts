/** Identifiers that depend on nothing but what they are made of. */
import { sha256 } from '../../../base/sha256.js';

/** A UID of DICOM from a UUID (2.25, ISO/IEC 9834-8) whose bits are those of a SHA-256 of the parts. */
export async function uidOf(parts: readonly string[]): Promise<string> {
  const digest = await sha256(new TextEncoder().encode(JSON.stringify(parts)));
  // Version 8, of one's own making, and the variant of RFC 9562.
  const variant = ((Number.parseInt(digest[16]!, 16) & 3) | 8).toString(16);
  const uuid = `${digest.slice(0, 12)}8${digest.slice(13, 16)}${variant}${digest.slice(17, 32)}`;
  return `2.25.${BigInt(`0x${uuid}`)}`;
}
