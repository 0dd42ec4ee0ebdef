/** What a training reports of an epoch. */
import type { Evaluation } from '../evaluate/evaluate.js';
import type { Losses } from './step/losses.js';

export interface EpochReport {
  /** The number of the epoch, counted from 1. */
  readonly epoch: number;
  /** How many epochs the training has at most. */
  readonly epochs: number;
  /** The mean losses over the epoch's images, each taken while the weights were changing. */
  readonly training: Losses;
  /** The validation after the epoch, in mode 'accurate', with every head. */
  readonly validation: Evaluation;
  /** Whether this is the best epoch so far. */
  readonly best: boolean;
  /** The number of the best epoch so far. */
  readonly bestEpoch: number;
  /** The learning rate of the epoch's last step. */
  readonly learningRate: number;
  /** The seconds that the epoch took; where it was resumed, those since then. */
  readonly seconds: number;
  /** The pace of the training without the validation; loading and augmenting are included. */
  readonly imagesPerSecond: number;
  /** Why the training ends here; absent where another epoch follows. */
  readonly end?: 'epochs' | 'patience';
}
