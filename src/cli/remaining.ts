/** How long a training will still take, judged by what it has done so far. */
import type { Progress } from '../train/trainer.js';

/** The cost of a validation image in training images: its forward pass, without the backward pass of twice the work. */
const VALIDATION = 1 / 3;

/**
 * In seconds; patience may end it earlier.
 * @param images in the training and in the validation set
 * @param elapsed seconds since the training began
 */
export function secondsLeft(
  { epoch, epochs, phase, done, total }: Progress,
  images: { readonly train: number; readonly validation: number },
  elapsed: number,
): number {
  const perEpoch = images.train + VALIDATION * images.validation;
  const inEpoch = phase === 'training' ? done : perEpoch - VALIDATION * (total - done);
  const finished = (epoch - 1) * perEpoch + inEpoch;
  return elapsed * ((epochs * perEpoch) / finished - 1);
}
