/** The kinds of files that are often found where an image or a model is expected, recognised by how they begin. */

/** How many bytes of a file's beginning decide its kind. */
export const SIGNATURE_BYTES = 348;

/** The magic of each kind of file that is taken for an image or a model by mistake, and its offset. */
const KINDS: readonly (readonly [kind: string, at: number, magic: string])[] = [
  ['a PNG image', 0, '\x89PNG\r\n\x1a\n'],
  ['a JPEG image', 0, '\xff\xd8\xff'],
  ['a JPEG 2000 image', 0, '\0\0\0\x0cjP  '],
  ['a TIFF image', 0, 'II*\0'],
  ['a TIFF image', 0, 'MM\0*'],
  ['a TIFF image', 0, 'II+\0'],
  ['a GIF image', 0, 'GIF8'],
  ['a WebP image', 8, 'WEBP'],
  ['a DICOM file', 128, 'DICM'],
  ['a NIfTI file', 344, 'n+1\0'],
  ['a NIfTI file', 344, 'ni1\0'],
  ['a NumPy array', 0, '\x93NUMPY'],
  ['a MATLAB file', 0, 'MATLAB '],
  ['an HDF5 file', 0, '\x89HDF\r\n\x1a\n'],
  ['a PDF file', 0, '%PDF-'],
  ['a gzip archive', 0, '\x1f\x8b'],
];

/** Names the kind of a file by its first `SIGNATURE_BYTES`, with an article; undefined for kinds that are not listed. */
export function kindBySignature(bytes: Uint8Array): string | undefined {
  return KINDS.find(([, at, magic]) => Array.from(magic).every((char, i) => bytes[at + i] === char.charCodeAt(0)))?.[0];
}

/** Describes a file that is of no known format, so that the user recognises it: `is a PDF file`. */
export function describeBeginning(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'is empty';
  const kind = kindBySignature(bytes);
  if (kind !== undefined) return `is ${kind}`;
  const start = bytes.subarray(0, 12);
  if (start.every((byte) => byte >= 0x20 && byte < 0x7f)) return `starts with "${String.fromCharCode(...start)}"`;
  return `starts with bytes ${[...start.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
}
