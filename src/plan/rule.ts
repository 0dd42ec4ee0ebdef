/** What a rule of the plan is: it chooses the value of one option, and says why in one sentence. */

import type { Normalisation } from '../image/normalise.js';
import type { Fit } from '../image/prepare.js';
import type { Norm, Upsampling } from '../network/config.js';
import type { Initialisation } from '../network/initialisation.js';
import type { OptimizerName } from '../train/optimizer/optimizer.js';
import type { ScheduleName } from '../train/optimizer/schedule.js';
import type { DataFacts } from './facts.js';

/** The options that a plan chooses, by their names in config.json and in the order in which they are chosen. */
export interface PlannedOptions {
  readonly size: number;
  readonly fit: Fit;
  readonly patch: number;
  readonly filters: readonly number[];
  readonly norm: Norm;
  readonly upsample: Upsampling;
  readonly initialisation: Initialisation;
  readonly normalisation: Normalisation;
  readonly augment: string;
  readonly loss: string;
  readonly batch: number;
  readonly microBatch: number;
  readonly patches: number;
  readonly foreground: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  readonly epochs: number;
  readonly warmup: number;
}

/** The options that are decided so far: those that the user gives, and those that rules have chosen. */
export type Decided = Partial<PlannedOptions> & { readonly spacing?: number | undefined };

/** A value, and why it was chosen: a sentence with its numbers. */
export interface Choice<T> {
  readonly value: T;
  readonly reason: string;
}

/** Chooses the value of an option; undefined where the option does not apply. */
export type Rule<T> = (facts: DataFacts, decided: Decided, limits: Limits) => Choice<T> | undefined;

/** The rungs of the ladder that a plan climbs down where something is short: see `LADDER`. */
export type Rung = 'wide' | 'usual' | 'narrow' | 'small';

/** What a rung stands for. */
interface RungSize {
  readonly rung: Rung;
  /** The channels at full resolution, which double at each level. */
  readonly channels: number;
  /** The share of the side that images or patches otherwise have. */
  readonly scale: number;
}

/** Networks from the most to the least computation. */
export const LADDER: readonly RungSize[] = [
  { rung: 'wide', channels: 32, scale: 1 },
  { rung: 'usual', channels: 16, scale: 1 },
  { rung: 'narrow', channels: 8, scale: 1 },
  { rung: 'small', channels: 8, scale: 1 / 2 },
];

/** The channels at full resolution where nothing is short: narrower networks are chosen only where something is. */
export const USUAL_CHANNELS = LADDER.find(({ rung }) => rung === 'usual')!.channels;

/** What restricts a plan beside the data. */
export interface Limits {
  readonly rung: Rung;
  /** Why it is another rung than the usual one, as the end of a sentence. */
  readonly because?: string;
  /** The most images that a worker computes at once, where the memory does not suffice for more. */
  readonly microBatch?: number;
  /** The time that is given, and how many epochs fit into it. */
  readonly time?: { readonly minutes: number; readonly secondsPerEpoch: number; readonly epochs: number };
}

export const UNLIMITED: Limits = { rung: 'usual' };
