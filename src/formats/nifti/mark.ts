/**
 * Who wrote a NIfTI file: the description in its header. In a gzip file nobody sees it without inflating, so that it is
 * also the comment that gzip has a place for, at the beginning.
 */
import type { FileKind } from '../file-kind.js';
import { NIFTI_1, NIFTI_2 } from './layout.js';

/** The header of a gzip file without a name and a comment. */
const GZIP_HEADER = 10;
/** The flag of a comment, in the fourth byte. */
const HAS_COMMENT = 16;

/** The kind of NIfTI files that are marked so, with or without gzip; `name` is for errors. */
export function niftiKind(mark: string, name: string): FileKind {
  return {
    name,
    begins(head) {
      if (head.startsWith('\x1f\x8b')) {
        return head.charCodeAt(3) === HAS_COMMENT && head.startsWith(`${mark}\0`, GZIP_HEADER);
      }
      return [NIFTI_1, NIFTI_2].some(({ magic, version, description }) => {
        return head.startsWith(`n+${version}\0`, magic) && head.startsWith(`${mark}\0`, description);
      });
    },
  };
}

/** Puts a comment, in ASCII, into a gzip file that has neither a name nor a comment. */
export function withComment(gzip: Uint8Array, comment: string): Uint8Array {
  const text = new TextEncoder().encode(`${comment}\0`);
  const bytes = new Uint8Array(gzip.length + text.length);
  bytes.set(gzip.subarray(0, GZIP_HEADER));
  bytes[3]! |= HAS_COMMENT;
  bytes.set(text, GZIP_HEADER);
  bytes.set(gzip.subarray(GZIP_HEADER), GZIP_HEADER + text.length);
  return bytes;
}
