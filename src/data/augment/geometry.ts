/** Changes of geometry, which move an image and its mask alike. */
import { cosine, ratio, sine } from '../../base/math.js';
import type { Random } from '../../base/random.js';
import type { Size } from '../../image/frame.js';
import { mirrored, turned, type Walk } from '../../image/rearrange.js';
import { splineField } from '../../image/spline.js';
import type { Positions } from '../../image/warp.js';
import type { Window } from '../../image/window.js';
import type { Sample } from '../dataset.js';

/** Draws an order of the pixels of `image`; undefined where they stay. @param strength the share of images it is drawn for */
type Rearrangement = (image: Sample['image'], strength: number, random: Random) => Walk | undefined;

/** Exact: pixels change places and keep their values. */
export const REARRANGEMENTS = {
  /** Mirrors left-right and upside-down, each with probability 1/2. */
  flip: (image, strength, random) => {
    const word = random.word();
    const [leftRight, upsideDown] = [(word & 1) === 1, (word & 2) === 2];
    if (random.uniform() >= strength || (!leftRight && !upsideDown)) return undefined;
    return mirrored(image, leftRight, upsideDown);
  },
  /** Turns by 0, 90, 180 or 270 degrees, each with probability 1/4; one that is not square by 0 or 180. */
  turn: (image, strength, random) => {
    const quarters = random.integer(4) & (image.width === image.height ? 3 : 2);
    return random.uniform() >= strength || quarters === 0 ? undefined : turned(image, quarters);
  },
} satisfies Record<string, Rearrangement>;

/**
 * Moves the positions at which a window of an image is resampled, in place. What it draws is for the whole image, so that
 * every window of it is moved alike.
 * @param strength 1 stands for the constants below
 */
export type Motion = (positions: Positions, strength: number, random: Random, size: Size, window: Window) => void;

/** Elastic deformation: the image is cut into CELLS x CELLS parts, and their corners move by up to ELASTIC of its side. */
const CELLS = 3;
const ELASTIC = 0.054;
/** The largest affine map: degrees, the factor less 1, and the share of the side. */
const ROTATION = 15;
const SCALE = 0.15;
const SHIFT = 0.05;

/** One after the other on the same positions, so that the image is resampled once. */
export const MOTIONS = {
  /**
   * Moves pixels by a smooth random field of displacements from a coarse grid (Ronneberger et al., "U-Net", MICCAI 2015,
   * section 3.1: 3 x 3, bicubic), with cubic B-splines. As no corner moves further than 0.4886 of a cell, even at strength
   * 3, nothing folds (Y. Choi, S. Lee, "Injectivity Conditions of 2D and 3D Uniform Cubic B-Spline Functions", Graphical
   * Models 62, 2000).
   * It comes before `affine`, which would otherwise change what a cell is.
   */
  elastic: ({ x, y }, strength, random, size, window) => {
    const draw = (side: number) =>
      Float64Array.from({ length: (CELLS + 3) ** 2 }, () => random.uniform(-1, 1) * ELASTIC * strength * side);
    const corners = [draw(size.width), draw(size.height)];
    const [right, down] = corners.map((controls) => splineField(controls, CELLS, size, window));
    for (let i = 0; i < x.length; i++) {
      x[i]! += right![i]!;
      y[i]! += down![i]!;
    }
  },
  /** Turns the image about its middle, enlarges or shrinks it, and shifts it along both axes. */
  affine: ({ x, y }, strength, random, { width, height }) => {
    const angle = (random.uniform(-1, 1) * ROTATION * strength * Math.PI) / 180;
    const scale = ratio(random.uniform(-1, 1) * SCALE * strength);
    const [shiftX, shiftY] = [width, height].map((side) => random.uniform(-1, 1) * SHIFT * strength * side);
    // From a pixel of the result back to where it was.
    const [along, across] = [cosine(Math.abs(angle)) / scale, sine(angle) / scale];
    const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
    for (let i = 0; i < x.length; i++) {
      const u = x[i]! - middleX - shiftX!;
      const v = y[i]! - middleY - shiftY!;
      x[i] = middleX + along * u + across * v;
      y[i] = middleY - across * u + along * v;
    }
  },
} satisfies Record<string, Motion>;
