/** Sums over the pixels of each channel, and how passes over whole tensors are shared out among workgroups. */
import { type Dispatch, type Groups, type Operand, rows, WORKGROUP } from '../kernel.js';

/** Matrices below each other, with a row for each pixel and a column for each channel. */
export interface Matrices {
  readonly matrices: number;
  readonly pixels: number;
  readonly channels: number;
}

/** How workgroups share out matrices. */
export interface Columns {
  /** Blocks of pixels in a set: a sum over the pixels of a channel has so many parts. */
  readonly blocks: number;
  /** The struct `Columns` of parts/columns.wgsl. */
  readonly integers: readonly number[];
  readonly groups: Groups;
}

/** Channels side by side in a workgroup: 128 bytes, which GPUs read at once; more where the pixels are few. */
const WIDE = 32;

/** Workgroups that fill a large GPU several times. */
const ENOUGH_GROUPS = 2048;

/** Pixels that an invocation takes at least, so that a workgroup is worth its tree. */
const LEAST_PIXELS = 8;

/**
 * Shares out matrices among workgroups.
 * @param mostBlocks the largest number of blocks of pixels
 */
export function shareOut({ matrices, pixels, channels }: Matrices, mostBlocks = ENOUGH_GROUPS): Columns {
  const needed = powerOfTwo(Math.ceil(pixels / LEAST_PIXELS));
  const width = Math.min(powerOfTwo(channels), Math.max(WIDE, WORKGROUP / needed));
  const lanes = WORKGROUP / width;
  const tiles = Math.ceil(channels / width);
  const wanted = Math.min(Math.ceil(ENOUGH_GROUPS / (matrices * tiles)), mostBlocks);
  const length = Math.max(Math.ceil(pixels / wanted), LEAST_PIXELS * lanes);
  const blocks = Math.ceil(pixels / length);
  return {
    blocks,
    integers: [matrices, pixels, channels, width, lanes, tiles, blocks, length],
    groups: rows(matrices * tiles * blocks),
  };
}

/** Sums x over the pixels of each block: [matrices, channels, blocks]. */
export function sumBlocks({ integers, groups }: Columns, x: Operand, sums: Operand): Dispatch {
  return { shader: 'columns', entry: 'sumBlocks', buffers: [x, sums], uniforms: { integers }, groups };
}

/** Sums each of `count` runs of `length` neighbouring elements of x, and divides by `divisor`. */
export function sumRuns(count: number, length: number, divisor: number, x: Operand, sums: Operand): Dispatch {
  // Every invocation of a run adds four elements first, where they are not too many.
  const lanes = Math.min(powerOfTwo(Math.ceil(length / 4)), WORKGROUP);
  const width = WORKGROUP / lanes;
  return {
    shader: 'columns',
    entry: 'sumRuns',
    buffers: [x, sums],
    uniforms: { integers: [count, length, width], floats: [divisor] },
    groups: rows(Math.ceil(count / width)),
  };
}

/** Elements of the parts that `sumPixels` works with. */
export function partsLength(x: Matrices): number {
  return x.matrices * x.channels * shareOut(x).blocks;
}

/** Sums x over all pixels of each channel: over blocks into `parts`, then over the blocks. */
export function sumPixels(matrices: Matrices, x: Operand, parts: Operand, sums: Operand): Dispatch[] {
  const columns = shareOut(matrices);
  const count = matrices.matrices * matrices.channels;
  return [sumBlocks(columns, x, parts), sumRuns(count, columns.blocks, 1, parts, sums)];
}

/** The smallest power of two that is not below `n`. */
function powerOfTwo(n: number): number {
  return 2 ** (32 - Math.clz32(n - 1));
}
