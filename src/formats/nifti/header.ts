/** The header of a NIfTI file: what it says of the voxels. */
import type { NIFTI1, NIFTI2 } from 'nifti-reader-js';
import { InputError } from '../../base/errors.js';
import { bytesOf } from '../numbers.js';
import { loadPeer, rethrow } from '../peers.js';
import { describeBeginning } from '../signature.js';
import { axisLetters, type Grid } from '../volume.js';
import { bestAffine } from './affine.js';
import { isLittleEndian, type Layout, layoutOf } from './layout.js';
import { typeOf, type VoxelType } from './types.js';

/** The codes of the intents of CIFTI, from the first to the last: tables of points of a surface, which form no image. */
const CIFTI = [3000, 3099] as const;

export interface NiftiHeader extends Grid {
  /** The header as it is stored. */
  readonly bytes: Uint8Array;
  readonly layout: Layout;
  readonly isLittleEndian: boolean;
  readonly type: VoxelType;
  /** How many dimensions the file has; `sizes` are those of the first three. */
  readonly dimensions: number;
  /** How many volumes lie one after the other: the product of all sizes above the third. */
  readonly volumes: number;
  /** Where the first voxel lies, and the lengths of a volume and of the whole file, in bytes. */
  readonly start: number;
  readonly volumeBytes: number;
  readonly totalBytes: number;
  /** What a stored number means: `slope` times it, and `inter` more. */
  readonly slope: number;
  readonly inter: number;
  /** Where the axes of the file run: `LAS`. */
  readonly letters: string;
  /** Whether the file itself says where they run. */
  readonly isPlaced: boolean;
  /** The sizes and the type, for errors: `3x4x5 of int16`. */
  readonly what: string;
}

/**
 * Reads a header by nifti-reader-js.
 * @param start the beginning of the file, or of what a gzip file holds: a header, or as much of it as there is
 * @throws InputError for what is no NIfTI file in one piece, is damaged, of a type that is not read, or lies nowhere
 */
export async function parseHeader(start: Uint8Array, isInGzip: boolean, name: string): Promise<NiftiHeader> {
  const { layout, isLittle } = recognise(start, isInGzip, name);
  // A copy of the header alone: the library looks for extensions in all that it is given, and throws where there are none.
  const bytes = new Uint8Array(start.subarray(0, layout.length));
  const fields = await readFields(bytes, layout, name);
  if (fields.intent_code >= CIFTI[0] && fields.intent_code <= CIFTI[1]) {
    throw new InputError(`${name}: a CIFTI file, which holds points of a surface; expected a NIfTI file of an image`);
  }
  const type = typeOf(fields.datatypeCode, name);
  const shape = shapeOf(fields, name);
  const [width, height = 1, depth = 1, ...others] = shape as [number, ...number[]];
  const sizes = [width, height, depth] as const;
  const volumes = others.reduce((product, size) => product * size, 1);
  const volumeBytes = width * height * depth * type.channels * bytesOf(type.numbers);
  const offset = fields.vox_offset;
  if (!Number.isInteger(offset) || offset < layout.voxels) {
    throw damaged(`its voxels begin at byte ${offset}, expected at least ${layout.voxels}`, name);
  }
  const { affine, isGiven } = bestAffine(fields, bytes, layout, sizes, name);
  const letters = axisLetters(affine);
  if (letters === undefined) {
    const rows = affine.map((row) => `[${row.slice(0, 3)}]`).join(', ');
    throw new InputError(`${name}: lies nowhere: its affine map [${rows}] is flat; set its sform anew`);
  }
  return {
    bytes,
    layout,
    isLittleEndian: isLittle,
    type,
    dimensions: shape.length,
    sizes,
    volumes,
    start: offset,
    volumeBytes,
    totalBytes: offset + volumes * volumeBytes,
    ...scalingOf(fields, name),
    affine,
    letters,
    isPlaced: isGiven,
    what: `${shape.join('x')} of ${type.name}`,
  };
}

function damaged(what: string, name: string): InputError {
  return new InputError(`${name}: damaged NIfTI: ${what}; copy the file again`);
}

/** The layout of the header and the order of its bytes. */
function recognise(start: Uint8Array, isInGzip: boolean, name: string): { layout: Layout; isLittle: boolean } {
  const known = layoutOf(start);
  if (!known) {
    const found = isInGzip ? 'what is in the gzip file' : 'it';
    throw new InputError(`${name}: no NIfTI file: ${found} ${describeBeginning(start)}; expected .nii or .nii.gz`);
  }
  const { layout, isPair } = known;
  if (isPair) {
    throw new InputError(`${name}: the header of a pair of .hdr and .img, expected one file; convert it to .nii`);
  }
  if (start.length < layout.length) {
    const length = `${start.length} bytes, its header alone takes ${layout.length}`;
    throw new InputError(`${name}: truncated NIfTI: ${length}; copy the file again`);
  }
  const isLittle = isLittleEndian(start, layout);
  if (isLittle === undefined) throw damaged(`its first number is not ${layout.length}, the length of its header`, name);
  return { layout, isLittle };
}

async function readFields(bytes: Uint8Array<ArrayBuffer>, { version }: Layout, name: string): Promise<NIFTI1 | NIFTI2> {
  const peer = { name: 'nifti-reader-js', load: () => import('nifti-reader-js').catch(rethrow) };
  const { NIFTI1, NIFTI2 } = await loadPeer(peer, `${name}: a NIfTI file`);
  const fields = version === 1 ? new NIFTI1() : new NIFTI2();
  fields.readHeader(bytes.buffer);
  return fields;
}

/** The sizes of all dimensions. */
function shapeOf({ dims }: NIFTI1 | NIFTI2, name: string): number[] {
  const dimensions = dims[0]!;
  if (!(dimensions >= 1 && dimensions <= 7)) throw damaged(`${dimensions} dimensions, expected 1 to 7`, name);
  const shape = dims.slice(1, 1 + dimensions);
  if (shape.every((size) => size >= 1)) return shape;
  throw damaged(`sizes of ${shape.join('x')}, expected at least 1 along each axis`, name);
}

/** Slope and intercept. A slope that is none means that numbers stay as they are. */
function scalingOf({ scl_slope, scl_inter }: NIFTI1 | NIFTI2, name: string): { slope: number; inter: number } {
  if (scl_slope === 0 || !Number.isFinite(scl_slope)) return { slope: 1, inter: 0 };
  if (Number.isFinite(scl_inter)) return { slope: scl_slope, inter: scl_inter };
  throw damaged(`its numbers are scaled by ${scl_slope}, then ${scl_inter} is added`, name);
}
