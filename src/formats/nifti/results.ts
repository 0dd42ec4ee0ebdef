/** Results written as NIfTI: the header of the image they are of, so that viewers lay them over it, with voxels of their own. */
import { gzipSync } from 'fflate';
import { invariant } from '../../base/errors.js';
import type { Image } from '../../image/image.js';
import type { ResultFormat } from '../format.js';
import { bytesOf, turnNumbers } from '../numbers.js';
import { placeSlice, type Slicing } from '../volume.js';
import type { NiftiHeader } from './header.js';
import { fieldSetter } from './layout.js';
import { niftiKind, withComment } from './mark.js';
import { codeOf } from './types.js';

/** The file that results are of, and how its slices were cut. */
export interface Original {
  readonly header: Pick<NiftiHeader, 'bytes' | 'layout' | 'isLittleEndian' | 'sizes' | 'dimensions'>;
  readonly slicing: Slicing;
  readonly isCompressed: boolean;
}

/** The types of results, from the narrowest: all slices are written as the widest of theirs. */
const TYPES = [
  ['uint8', Uint8Array],
  ['uint16', Uint16Array],
  ['float32', Float32Array],
] as const;

/** Writes results that lie over a file. */
export function resultsBeside(original: Original): ResultFormat {
  return {
    name: 'nifti',
    extension: original.isCompressed ? '.nii.gz' : '.nii',
    holdsProbabilities: true,
    kind: niftiKind,
    encode: async (slices, { mark }) => encodeResults(slices, original, mark),
  };
}

/**
 * Encodes slices as a file with the header of the original: its size, its place in the patient and its order of bytes.
 * One channel becomes a volume; several become one volume each, along the fourth dimension. Extensions are left out. The
 * same results give the same bytes.
 * @param mark the description in the header, ASCII; of a gzip file it is also the comment
 */
function encodeResults(slices: readonly Image[], original: Original, mark: string): Uint8Array {
  const { header, isCompressed } = original;
  const { layout, isLittleEndian } = header;
  const channels = channelsOf(slices, original);
  const [type, array] = TYPES.findLast(([, each]) => slices.some(({ data }) => data instanceof each))!;
  const voxels = header.sizes[0] * header.sizes[1] * header.sizes[2];
  const file = new Uint8Array(layout.voxels + voxels * channels * array.BYTES_PER_ELEMENT);
  file.set(headerOf(header, type, channels, mark));
  const data = new array(file.buffer, layout.voxels);
  for (const [z, image] of slices.entries()) {
    for (let c = 0; c < channels; c++) {
      placeSlice(original.slicing, z, data.subarray(c * voxels, (c + 1) * voxels), image.data, channels, c);
    }
  }
  if (!isLittleEndian) turnNumbers(file.subarray(layout.voxels), bytesOf(type));
  if (!isCompressed) return file;
  return withComment(gzipSync(file, { mtime: 0 }), mark);
}

/** The channels of all slices, which must be as many and of the size of those of the original. */
function channelsOf(slices: readonly Image[], { slicing }: Original): number {
  const { columns, rows } = slicing;
  const count = slicing.slices.length;
  invariant(slices.length === count, `results of ${slices.length} slices for a volume of ${count}`);
  const { channels } = slices[0]!;
  for (const [z, image] of slices.entries()) {
    const isLike = image.width === columns.length && image.height === rows.length && image.channels === channels;
    invariant(isLike, `results of ${image.width}x${image.height}x${image.channels} in slice ${z}`);
  }
  return channels;
}

/** The header of the original, with what belongs to its numbers set anew. */
function headerOf(
  header: Original['header'],
  type: 'uint8' | 'uint16' | 'float32',
  channels: number,
  mark: string,
): Uint8Array {
  const { layout, isLittleEndian: isLittle, sizes, dimensions } = header;
  const bytes = new Uint8Array(header.bytes);
  const view = new DataView(bytes.buffer);
  const isFirst = layout.version === 1;
  const { setSizes, setFloats } = fieldSetter(bytes, layout, isLittle);

  // A picture stays one, as where it lies may depend on that.
  const rank = channels > 1 ? 4 : Math.min(3, dimensions);
  setSizes(layout.dim, [rank, ...sizes, channels, 1, 1, 1]);
  view.setInt16(layout.type, codeOf(type), isLittle);
  view.setInt16(layout.type + 2, 8 * bytesOf(type), isLittle);
  if (isFirst) view.setFloat32(layout.offset, layout.voxels, isLittle);
  else view.setBigInt64(layout.offset, BigInt(layout.voxels), isLittle);
  // Nothing is scaled, and viewers choose the ends of the display.
  for (const [k, at] of layout.scaling.entries()) setFloats(at, [k === 0 ? 1 : 0]);
  bytes.fill(0, layout.description, layout.description + 80);
  bytes.set(new TextEncoder().encode(mark).subarray(0, 79), layout.description);
  // What the numbers of the original meant.
  const [parameters, code, text] = layout.intent;
  bytes.fill(0, parameters, parameters + (isFirst ? 12 : 24));
  bytes.fill(0, code, code + (isFirst ? 2 : 4));
  bytes.fill(0, text, text + 16);
  return bytes;
}
