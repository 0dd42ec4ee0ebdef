/** Time: how long a training takes, and how many epochs fit into the time that is given. */
import { InputError } from '../base/errors.js';
import { duration } from '../base/quantities.js';

/** The share of the time that is kept back, as no epoch takes exactly as long as those that were measured. */
const RESERVE = 0.1;

/** How fast a training goes on a machine, in seconds. */
export interface Speed {
  /** Everything before the first epoch and after the last: images are read, pictures are drawn. */
  readonly once: number;
  /** The training part of an epoch. */
  readonly training: number;
  /** The validation after it. */
  readonly validation: number;
}

/** How long an epoch takes with its validation, in seconds. */
export function secondsPerEpoch({ training, validation }: Speed): number {
  return training + validation;
}

/** How long a training of so many epochs takes, in seconds. */
export function trainingSeconds(speed: Speed, epochs: number): number {
  return speed.once + epochs * secondsPerEpoch(speed);
}

/** How many epochs fit into so many seconds; 0 where not even one does. */
export function epochsWithin(seconds: number, speed: Speed): number {
  const forEpochs = seconds * (1 - RESERVE) - speed.once;
  return Math.max(0, Math.floor(forEpochs / secondsPerEpoch(speed)));
}

/** @throws InputError that says how many minutes a training needs at least, where not even one epoch fits into so many */
export function requireAnEpoch(minutes: number, speed: Speed, epochs: number): void {
  if (epochs > 0) return;
  const needed = Math.ceil((10 * trainingSeconds(speed, 1)) / (60 * (1 - RESERVE))) / 10;
  throw new InputError(
    `--minutes ${minutes}: an epoch takes ${duration(secondsPerEpoch(speed))} on this machine, and ${duration(speed.once)} are needed beside it; give at least ${needed} minutes, or a smaller network`,
  );
}
