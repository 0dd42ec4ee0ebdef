/**
 * Test-time augmentation: an image is also predicted mirrored and turned, and the mean of what is said of each pixel is
 * taken (K. Simonyan, A. Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2014, section
 * 3.2; for segmentation G. Wang et al., "Aleatoric uncertainty estimation with test-time augmentation for medical image
 * segmentation with convolutional neural networks", Neurocomputing 338, 2019).
 *
 * An image is padded first, then moved: pooling then cuts all copies of it alike, and the tiles of an image, which are
 * moved each by itself, give what the whole image gives. The copies are computed one after the other, so that they take
 * no more of a backend's memory than one.
 */
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import type { Size } from '../image/frame.js';
import type { Image, ImageData } from '../image/image.js';
import { cropBack, paddedFrame, padReflect } from '../image/pad.js';
import { mirrored, rearrange, turned } from '../image/rearrange.js';
import type { Prediction } from './prediction.js';

/**
 * Over which copies of an image its prediction is averaged: 'none' is the image alone; 'flips' mirrors it left-right,
 * upside-down and both (4 copies); 'dihedral' are all symmetries of the square, the flips and these turned by a right
 * angle (8 copies).
 */
export const ttas = ['none', 'flips', 'dihedral'] as const;
export type Tta = (typeof ttas)[number];

/** A symmetry of the square: mirrored, and then turned clockwise by so many right angles. */
interface Symmetry {
  readonly leftRight: boolean;
  readonly upsideDown: boolean;
  readonly quarters: 0 | 1;
}

/** The image itself comes first. */
const FLIPS: readonly Symmetry[] = [
  { leftRight: false, upsideDown: false, quarters: 0 },
  { leftRight: true, upsideDown: false, quarters: 0 },
  { leftRight: false, upsideDown: true, quarters: 0 },
  { leftRight: true, upsideDown: true, quarters: 0 },
];

/** How many copies of an image are predicted. @throws InputError for what is no `Tta` */
export function copiesOf(tta: Tta): number {
  return symmetriesOf(tta).length;
}

/** The sizes of the copies of an image of this size. @throws InputError for what is no `Tta` */
export function sizesOf(tta: Tta, { width, height }: Size): Size[] {
  const isTurned = symmetriesOf(tta).some(({ quarters }) => quarters === 1) && width !== height;
  return [{ width, height }, ...(isTurned ? [{ width: height, height: width }] : [])];
}

/** Pads and moves an image, or what belongs to it, such as its mask. */
export type Move = <T extends ImageData>(image: Image<T>) => Image<T>;

export interface AveragingOptions {
  readonly tta: Tta;
  /** The sides of what is computed are multiples of it. */
  readonly multiple: number;
}

/**
 * The mean of the predictions for all copies of images, summed in float64 in a fixed order. With 'none' it is what
 * `compute` says of the images as they are.
 * @param size that of the images
 * @param compute gives for each output the predictions of all images, each of which it brings to its copy by `move`;
 *   `isItself` says whether the copies are the images themselves, as they are the first time
 * @throws InputError for what is no `Tta`
 */
export async function averaged(
  size: Size,
  { tta, multiple }: AveragingOptions,
  compute: (move: Move, isItself: boolean) => Promise<Prediction[][]>,
): Promise<Prediction[][]> {
  const symmetries = symmetriesOf(tta);
  if (symmetries.length === 1) return compute((image) => image, true);
  const sums: Sum[][] = [];
  for (const [k, symmetry] of symmetries.entries()) {
    const outputs = await compute((image) => moved(padReflect(image, multiple).image, symmetry), k === 0);
    for (const [o, predictions] of outputs.entries()) {
      sums[o] ??= [];
      for (const [n, prediction] of predictions.entries()) sums[o][n] = added(sums[o][n], prediction, symmetry);
    }
  }
  const { x, y } = paddedFrame(size, multiple);
  return sums.map((output) =>
    output.map((sum) => {
      const { data } = cropBack(meanOf(sum, symmetries.length), { x, y }, size.width, size.height);
      return { width: size.width, height: size.height, classes: sum.channels, probs: data };
    }),
  );
}

/** @throws InputError for what is no `Tta` */
function symmetriesOf(tta: Tta): readonly Symmetry[] {
  if (tta === 'none') return FLIPS.slice(0, 1);
  if (tta === 'flips') return FLIPS;
  if (tta === 'dihedral') return [...FLIPS, ...FLIPS.map((flip): Symmetry => ({ ...flip, quarters: 1 }))];
  throw new InputError(`tta is ${show(tta)}, expected one of ${ttas.join(', ')}`);
}

function moved<T extends ImageData>(image: Image<T>, { leftRight, upsideDown, quarters }: Symmetry): Image<T> {
  const mirror = leftRight || upsideDown ? rearrange(image, mirrored(image, leftRight, upsideDown)) : image;
  return quarters === 0 ? mirror : rearrange(mirror, turned(mirror, quarters));
}

/** Undoes `moved`. */
function movedBack<T extends ImageData>(image: Image<T>, { leftRight, upsideDown, quarters }: Symmetry): Image<T> {
  const upright = quarters === 0 ? image : rearrange(image, turned(image, 4 - quarters));
  return leftRight || upsideDown ? rearrange(upright, mirrored(upright, leftRight, upsideDown)) : upright;
}

/** The sum of the predictions for the copies of a padded image. */
interface Sum extends Omit<Image, 'data'> {
  readonly values: Float64Array;
}

function added(sum: Sum | undefined, { probs, classes, ...size }: Prediction, symmetry: Symmetry): Sum {
  const { width, height, data } = movedBack({ ...size, channels: classes, data: probs }, symmetry);
  const { values } = sum ?? { values: new Float64Array(data.length) };
  for (let i = 0; i < data.length; i++) values[i]! += data[i]!;
  return { width, height, channels: classes, values };
}

function meanOf({ values, ...shape }: Sum, count: number): Image<Float32Array> {
  const data = new Float32Array(values.length);
  for (let i = 0; i < data.length; i++) data[i] = values[i]! / count;
  return { ...shape, data };
}
