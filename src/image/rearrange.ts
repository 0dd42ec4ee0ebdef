/** Mirroring and turning: the pixels stay what they are and change their places. */
import { emptyLike } from './channels.js';
import type { Image, ImageData } from './image.js';

/** An image whose pixels are those of another in another order: where they lie there, counted row by row. */
export interface Walk {
  readonly width: number;
  readonly height: number;
  /** The pixel that becomes the first, and how far it is from there to the one on its right and the one below. */
  readonly first: number;
  readonly right: number;
  readonly down: number;
}

type Frame = Pick<Image, 'width' | 'height'>;

export function mirrored({ width, height }: Frame, leftRight: boolean, upsideDown: boolean): Walk {
  return {
    width,
    height,
    first: (upsideDown ? (height - 1) * width : 0) + (leftRight ? width - 1 : 0),
    right: leftRight ? -1 : 1,
    down: upsideDown ? -width : width,
  };
}

/** Turned clockwise by 0 to 3 right angles. */
export function turned({ width, height }: Frame, quarters: number): Walk {
  const [upright, aside] = [
    { width, height },
    { width: height, height: width },
  ];
  if (quarters === 1) return { ...aside, first: (height - 1) * width, right: -width, down: 1 };
  if (quarters === 2) return { ...upright, first: height * width - 1, right: -1, down: -width };
  if (quarters === 3) return { ...aside, first: width - 1, right: width, down: -1 };
  return { ...upright, first: 0, right: 1, down: width };
}

export function rearrange<T extends ImageData>({ channels, data }: Image<T>, walk: Walk): Image<T> {
  const { width, height, first, right, down } = walk;
  const result = emptyLike(data, data.length);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (first + x * right + y * down) * channels;
      for (let c = 0; c < channels; c++) result[at++] = data[from + c]!;
    }
  }
  return { width, height, channels, data: result };
}
