/** The options of a training as a command gives them, and what the library is given for some of them. */
import type { Normalisation } from '../../image/normalise.js';
import type { BackendName, Threads } from '../../index.js';
import type { LossOptions } from '../../loss/loss.js';
import { parseLoss } from '../../loss/loss-text.js';
import type { Norm, Skips, Upsampling } from '../../model/config.js';
import type { Initialisation } from '../../model/initialisation.js';
import type { OptimizerName } from '../../train/optimizer.js';
import type { ScheduleName } from '../../train/schedule.js';
import type { ForceOption } from '../outputs.js';
import type { RecipeName } from '../recipes.js';
import type { SplitOptions } from './split-options.js';

export interface TrainCommandOptions extends ForceOption, SplitOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly recipe?: RecipeName;
  readonly data?: string;
  readonly size: number;
  readonly normalise: Normalisation;
  readonly augment: string;
  readonly filters: readonly number[];
  readonly skips: Skips;
  readonly deepSupervision: boolean;
  readonly norm: Norm;
  readonly upsample: Upsampling;
  readonly dropout: number;
  readonly init: Initialisation;
  readonly epochs: number;
  readonly batch: number;
  readonly microBatch: number;
  readonly optimizer: OptimizerName;
  readonly loss: string;
  readonly headWeights?: number[];
  readonly classWeights?: number[];
  readonly lr: number;
  readonly weightDecay?: number;
  readonly schedule: ScheduleName;
  readonly warmup: number;
  readonly minLr: number;
  readonly clip?: number;
  readonly ema?: number;
  readonly patience?: number;
  readonly test?: boolean;
  readonly seed: number;
  readonly workers: Threads;
  readonly backend: BackendName;
  readonly out?: string;
  readonly resume?: string;
  readonly continue?: boolean;
  /** Seconds. */
  readonly wait?: number;
  readonly checkpointSteps?: number;
  readonly checkpointMinutes?: number;
}

/** The loss for `trainModel`. */
export function lossOptions({ loss, headWeights, classWeights }: TrainCommandOptions): LossOptions {
  return { terms: parseLoss(loss), headWeights, classWeights };
}
