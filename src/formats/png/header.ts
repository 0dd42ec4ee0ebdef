/**
 * The signature and the IHDR chunk of a PNG file (W3C PNG specification, third edition, 5.2 and 11.2.1). They are read
 * apart from the pixels, because they decide how many bytes the pixels may take.
 */
import { InputError } from '../../base/errors.js';
import { checkLimits } from '../limits.js';
import { describeBeginning } from '../signature.js';

/** How many bytes of a file `parsePngHeader` needs: signature, IHDR and its checksum. */
export const HEADER_BYTES = 33;

export type ColourType = 'grey' | 'rgb' | 'palette' | 'grey+alpha' | 'rgb+alpha';

/** What IHDR says. `channels` counts stored samples per pixel: 1 for a palette image, alpha included. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: ColourType;
  readonly channels: number;
  readonly interlaced: boolean;
}

/** The first bytes of a PNG file. */
export const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether a file that begins like this is a PNG. */
export function isPng(start: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => start[i] === byte);
}

const COLOUR_TYPES: readonly (undefined | { type: ColourType; channels: number; depths: readonly number[] })[] = [
  { type: 'grey', channels: 1, depths: [1, 2, 4, 8, 16] },
  undefined,
  { type: 'rgb', channels: 3, depths: [8, 16] },
  { type: 'palette', channels: 1, depths: [1, 2, 4, 8] },
  { type: 'grey+alpha', channels: 2, depths: [8, 16] },
  undefined,
  { type: 'rgb+alpha', channels: 4, depths: [8, 16] },
];

/**
 * Reads the header from the first `HEADER_BYTES` of a file.
 * @throws InputError that starts with `name` when it is no PNG file, is cut short, or declares what no PNG may hold or
 * is too large (see limits.ts).
 */
export function parsePngHeader(bytes: Uint8Array, name: string): PngHeader {
  if (!isPng(bytes)) {
    throw new InputError(`${name}: not a PNG file: it ${describeBeginning(bytes)}; convert it to PNG`);
  }
  if (bytes.length < HEADER_BYTES) {
    throw new InputError(
      `${name}: truncated PNG: ${bytes.length} bytes, its header alone takes ${HEADER_BYTES}; copy the file again`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const first = String.fromCharCode(...bytes.subarray(12, 16));
  if (first !== 'IHDR' || view.getUint32(8) !== 13) {
    throw new InputError(`${name}: damaged PNG: its first chunk is not an IHDR of 13 bytes; copy the file again`);
  }
  const [width, height, depth] = [view.getUint32(16), view.getUint32(20), view.getUint8(24)];
  const colour = COLOUR_TYPES[view.getUint8(25)];
  const [compression, filter, interlace] = [view.getUint8(26), view.getUint8(27), view.getUint8(28)];

  if (!colour?.depths.includes(depth)) {
    throw new InputError(
      `${name}: damaged PNG: colour type ${view.getUint8(25)} with ${depth} bits a sample does not exist; save it again`,
    );
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    const found = `compression ${compression}, filter ${filter}, interlace ${interlace}`;
    throw new InputError(`${name}: damaged PNG: ${found}; expected 0, 0 and 0 or 1; save it again`);
  }
  if (width === 0 || height === 0) throw new InputError(`${name}: damaged PNG: ${width}x${height} holds no pixel`);
  // A palette image is decoded to its colours.
  const decoded = width * height * (colour.type === 'palette' ? 3 : colour.channels) * Math.ceil(depth / 8);
  checkLimits(width, height, decoded, `${width}x${height} of ${depth}-bit ${colour.type}`, name);
  return { width, height, depth, colourType: colour.type, channels: colour.channels, interlaced: interlace === 1 };
}

/** The channels of the decoded image: 1 where it is stored as grey, else 3. */
export function channelsOf({ colourType }: PngHeader): 1 | 3 {
  return colourType.startsWith('grey') ? 1 : 3;
}
