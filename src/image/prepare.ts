/** The preparation of images: from one as it is stored to what a network reads. */

import { toChannels } from './channels.js';
import { type Frame, intoFrame, ownFrame, type Size } from './frame.js';
import type { Image } from './image.js';
import { type Normalisation, normalise } from './normalise.js';
import type { Plane } from './plane.js';

/** The ways to bring an image to a square: stretched, or scaled by one factor and padded. */
export const fits = ['stretch', 'pad'] as const;

export type Fit = (typeof fits)[number];

/** How images become what a network reads. A model keeps it, and its file too. */
export interface Preprocessing {
  /** How the values of an image are brought to the range that the network was trained on. */
  readonly normalisation: Normalisation;
  /** The width and height that images are brought to, those of the training; where it is absent, images keep their size. */
  readonly size?: number;
  /**
   * How images are brought to `size`: stretched to the square, or scaled by one factor and padded on both sides by
   * reflection. Where it is absent they are stretched, as they were for all models before.
   */
  readonly fit?: Fit;
  /** The side in pixels of the crops that the network was trained on, where images keep their size: `size` is absent. */
  readonly patch?: number;
  /** Millimetres a pixel to which images are resampled first, where they know their spacing: `size` is absent. */
  readonly spacing?: number;
  /** The plane that volumes are cut into slices along. Where it is absent, each along the one with the smallest pixels. */
  readonly plane?: Plane;
  /** How many neighbours on both sides of a slice are channels of its image. Default: 0. */
  readonly neighbours?: number;
}

/** The most neighbours on both sides of a slice. */
export const MAX_NEIGHBOURS = 16;

/** The frame in which a network sees an image, by the preprocessing of its model; see `intoFrame` and `cutFromFrame`. */
export function frameOf(
  { width, height, spacing: stored }: Size & Pick<Image, 'spacing'>,
  { size, fit = 'stretch', spacing }: Pick<Preprocessing, 'size' | 'fit' | 'spacing'>,
): Frame {
  if (size === undefined) {
    if (spacing === undefined || !stored) return ownFrame({ width, height });
    const [row, column] = stored;
    return ownFrame({ width: scaledSide(width, column / spacing), height: scaledSide(height, row / spacing) });
  }
  const square = { width: size, height: size };
  if (fit === 'stretch') return { ...square, scaled: square, left: 0, top: 0 };
  const factor = size / Math.max(width, height);
  const scaled = { width: scaledSide(width, factor), height: scaledSide(height, factor) };
  return {
    ...square,
    scaled,
    left: Math.floor((size - scaled.width) / 2),
    top: Math.floor((size - scaled.height) / 2),
  };
}

/**
 * Brings an image to the channels (see `toChannels`), the range of values and the frame in which a network sees it.
 * Training and prediction both use this function, so that a model reads the same numbers in both.
 */
export function prepareImage(image: Image, channels: number, preprocessing: Preprocessing): Image<Float32Array> {
  const { normalisation } = preprocessing;
  return intoFrame(normalise(toChannels(image, channels), normalisation), frameOf(image, preprocessing));
}

function scaledSide(side: number, factor: number): number {
  return Math.max(1, Math.round(side * factor));
}
