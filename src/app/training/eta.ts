/** How long a training will still take, judged by what it has done so far. */
import type { TrainProgress } from '../../train/options.js';

/** The cost of a validation image in training images of its size: its forward pass, without the backward pass of twice the work. */
const VALIDATION = 1 / 3;

/**
 * Starts a clock.
 * @param images how many images the training and the validation set have, and how many times as large as those that are
 *   trained on, or their patches, those are that are validated; default 1
 * @param begun the epoch that comes next, and how many images of it were done before
 * @returns a function that estimates the seconds that are left; patience may end the training earlier
 */
export function secondsLeft(
  images: { readonly train: number; readonly validation: number; readonly scale?: number },
  begun: { readonly epoch: number; readonly images: number } = { epoch: 1, images: 0 },
  now: () => number = () => performance.now() / 1000,
): (progress: TrainProgress) => number {
  const validated = VALIDATION * (images.scale ?? 1);
  const perEpoch = images.train + validated * images.validation;
  const before = (begun.epoch - 1) * perEpoch + begun.images;
  const started = now();
  return ({ epoch, epochs, phase, done, total }) => {
    const inEpoch = phase === 'training' ? done : perEpoch - validated * (total - done);
    const finished = (epoch - 1) * perEpoch + inEpoch;
    return ((now() - started) / (finished - before)) * (epochs * perEpoch - finished);
  };
}
