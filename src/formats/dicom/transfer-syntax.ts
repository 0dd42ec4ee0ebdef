/** The transfer syntaxes: how a DICOM file writes its numbers, and how its pixels are compressed. */
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';

/** How the pixels of a frame are compressed; `native` ones lie there as they are. */
export type Compression = 'native' | 'rle' | 'deflate' | 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000';

export interface TransferSyntax {
  /** The name in messages: `JPEG-LS`. */
  readonly name: string;
  readonly compression: Compression;
  /** Whether values carry their representation (VR). */
  readonly isExplicit: boolean;
  readonly isBigEndian: boolean;
  /** Whether everything after the file's meta information is one deflated stream. */
  readonly isDeflated: boolean;
}

const LITTLE = '1.2.840.10008.1.2';
const JPEG = '1.2.840.10008.1.2.4.';

function encapsulated(name: string, compression: Compression): TransferSyntax {
  return { name, compression, isExplicit: true, isBigEndian: false, isDeflated: false };
}

const SYNTAXES: Readonly<Record<string, TransferSyntax>> = {
  [LITTLE]: { ...encapsulated('implicit little-endian', 'native'), isExplicit: false },
  [`${LITTLE}.1`]: encapsulated('explicit little-endian', 'native'),
  [`${LITTLE}.1.99`]: { ...encapsulated('deflated', 'native'), isDeflated: true },
  [`${LITTLE}.2`]: { ...encapsulated('explicit big-endian', 'native'), isBigEndian: true },
  [`${LITTLE}.5`]: encapsulated('RLE', 'rle'),
  [`${LITTLE}.8.1`]: encapsulated('deflated frames', 'deflate'),
  [`${JPEG}50`]: encapsulated('JPEG', 'jpeg'),
  [`${JPEG}51`]: encapsulated('JPEG', 'jpeg'),
  [`${JPEG}57`]: encapsulated('lossless JPEG', 'jpeg-lossless'),
  [`${JPEG}70`]: encapsulated('lossless JPEG', 'jpeg-lossless'),
  [`${JPEG}80`]: encapsulated('JPEG-LS', 'jpeg-ls'),
  [`${JPEG}81`]: encapsulated('JPEG-LS', 'jpeg-ls'),
  [`${JPEG}90`]: encapsulated('JPEG 2000', 'jpeg-2000'),
  [`${JPEG}91`]: encapsulated('JPEG 2000', 'jpeg-2000'),
};

/** What is not read, by how its identifier begins. */
const UNREAD: readonly (readonly [start: string, name: string])[] = [
  [`${JPEG}9`, 'JPEG 2000 of several components, or over a network'],
  [`${JPEG}100`, 'MPEG-2 video'],
  [`${JPEG}101`, 'MPEG-2 video'],
  [`${JPEG}102`, 'MPEG-4 video'],
  [`${JPEG}103`, 'MPEG-4 video'],
  [`${JPEG}104`, 'MPEG-4 video'],
  [`${JPEG}105`, 'MPEG-4 video'],
  [`${JPEG}106`, 'MPEG-4 video'],
  [`${JPEG}107`, 'HEVC video'],
  [`${JPEG}108`, 'HEVC video'],
  [`${JPEG}11`, 'JPEG XL'],
  [`${JPEG}20`, 'High-Throughput JPEG 2000'],
  [JPEG, 'a retired kind of JPEG'],
];

/** The syntax of a file that does not name it. */
export function unnamedSyntax(isExplicit: boolean): TransferSyntax {
  return SYNTAXES[isExplicit ? `${LITTLE}.1` : LITTLE]!;
}

/** @throws InputError for one that is not read */
export function transferSyntax(uid: string, name: string): TransferSyntax {
  const known = Object.hasOwn(SYNTAXES, uid) ? SYNTAXES[uid] : undefined;
  if (known) return known;
  const found = UNREAD.find(([start]) => uid.startsWith(start))?.[1] ?? 'of an unknown kind';
  throw new InputError(
    `${name}: its transfer syntax ${show(uid)} is ${found}, which is not read; convert it with gdcmconv --raw`,
  );
}
