/** Who wrote a TIFF: the tag Software, which `encodeTiff` puts at the beginning. */
import type { FileKind } from '../file-kind.js';
import { TAG } from './directory.js';
import { isTiff } from './signature.js';

/** Makes the kind of files that bear a mark, as `encodeResults` writes it; `name` is for errors. */
export function tiffKind(mark: string, name: string): FileKind {
  return { name, begins: (head) => softwareOf(head) === mark };
}

/** The tag Software of a little-endian TIFF whose first directory stands at its beginning. */
function softwareOf(head: string): string | undefined {
  const bytes = Uint8Array.from(head, (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  if (!isTiff(bytes) || bytes.length < 10 || view.getUint32(4, true) !== 8) return undefined;
  const count = view.getUint16(8, true);
  for (let at = 10; at < 10 + 12 * count && at + 12 <= bytes.length; at += 12) {
    if (view.getUint16(at, true) !== TAG.Software) continue;
    const [length, offset] = [view.getUint32(at + 4, true), view.getUint32(at + 8, true)];
    return head.slice(offset, offset + length - 1);
  }
  return undefined;
}
