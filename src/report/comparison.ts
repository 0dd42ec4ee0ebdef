/** Two masks over one image, coloured by whether they agree: how a prediction is judged by eye. */
import type { Image } from '../image/image.js';
import { BLUE, type Colour, GREEN, ORANGE, WHITE, YELLOW } from './colours.js';
import { blend, checkMask, enlarge, toRgb } from './pixels.js';

/** The meaning of each colour of a comparison. */
export const COMPARISON_COLOURS = {
  agreement: GREEN,
  miss: BLUE,
  'false alarm': ORANGE,
  'mask outline': WHITE,
  'predicted outline': YELLOW,
} as const satisfies Readonly<Record<string, Colour>>;

/** Agreement is tinted faintly, differences strongly. */
const AGREEMENT_TINT = 0.35;
const DIFFERENCE_TINT = 0.65;

/**
 * Draws the image, enlarged `scale` times, and where two masks agree and differ: every pixel that is foreground in one of
 * them is tinted as agreement, miss (only in `target`, or there of another class) or false alarm (only in `prediction`).
 * A line runs around each mask, outside so that it hides nothing of a small object; the prediction's lies over the
 * target's. Masks have the image's size and one channel: 0 = background, else the class.
 * @throws InputError if the sizes differ
 */
export function comparison(
  image: Image,
  target: Image<Uint8Array>,
  prediction: Image<Uint8Array>,
  scale = 1,
): Image<Uint8Array> {
  checkMask('comparison', image, target);
  checkMask('comparison', image, prediction);
  const picture = enlarge(toRgb(image), scale);
  const truth = enlarge(target, scale);
  const guess = enlarge(prediction, scale);
  const colours = COMPARISON_COLOURS;
  truth.data.forEach((t, i) => {
    const p = guess.data[i]!;
    if (t && t === p) blend(picture.data, i, colours.agreement, AGREEMENT_TINT);
    else if (t || p) blend(picture.data, i, t ? colours.miss : colours['false alarm'], DIFFERENCE_TINT);
  });
  for (const i of ring(truth)) blend(picture.data, i, colours['mask outline'], 1);
  for (const i of ring(guess)) blend(picture.data, i, colours['predicted outline'], 1);
  return picture;
}

/** The pixels outside of a mask that touch it with a side. */
function ring({ width, height, data }: Image<Uint8Array>): number[] {
  const touches = (i: number, x: number, y: number) =>
    (x > 0 && data[i - 1]) ||
    (x < width - 1 && data[i + 1]) ||
    (y > 0 && data[i - width]) ||
    (y < height - 1 && data[i + width]);
  const pixels: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (!data[i] && touches(i, x, y)) pixels.push(i);
    }
  }
  return pixels;
}
