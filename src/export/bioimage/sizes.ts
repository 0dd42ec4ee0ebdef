/** The sizes of images that a package takes, and how far the border of an image is felt. */
import { roundUp } from '../../base/multiples.js';
import type { Size } from '../../image/frame.js';
import { depthOf, type ModelConfig } from '../../network/config.js';
import { checkSize } from '../../network/network.js';
import { reachOf } from '../../network/reach.js';
import type { InputSize } from './description.js';

export interface PackageSizes {
  readonly height: InputSize;
  readonly width: InputSize;
  /** How far into an image its border is felt, in pixels: the reach of the network. Absent where no pixel would be left. */
  readonly halo?: number;
}

/**
 * The sizes that a network takes: multiples of 2^depth from the first on of which the halo leaves something, or one.
 * @throws InputError for a fixed size that the network does not take
 */
export function packageSizes(config: ModelConfig, fixed?: Size): PackageSizes {
  const depth = depthOf(config);
  const halo = reachOf(config, depth);
  if (fixed) {
    const { width, height } = fixed;
    checkSize(config, width, height);
    return { height, width, ...(Math.min(width, height) > 2 * halo && { halo }) };
  }
  const step = 2 ** depth;
  const size = { min: roundUp(2 * halo + 1, step), step };
  return { height: size, width: size, halo };
}

/** The first size that a package takes and into which an image fits. */
export function sizeAround({ width, height }: Size, sizes: PackageSizes): Size {
  return { width: sideAround(width, sizes.width), height: sideAround(height, sizes.height) };
}

function sideAround(side: number, size: InputSize): number {
  if (typeof size === 'number') return size;
  return Math.max(size.min, size.min + roundUp(side - size.min, size.step));
}
