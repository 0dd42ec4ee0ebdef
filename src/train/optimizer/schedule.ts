/**
 * The learning rate of each step of the optimizer. All of it is arithmetic with the same bits on every engine
 * (src/base/math.ts), and a function of the step's number, so that a resumed run has the rates of one without a break.
 *
 * Step s, from 0, of T = epochs x steps per epoch. The first W = round(warmup x steps per epoch) rates rise linearly, to
 * learningRate (s + 1) / (W + 1). After them t / T' = (s - W) / (T - W), which is 0 at the first step and 1 - 1 / T' at
 * the last, so that the last rate is above 0 whatever the lowest is. PyTorch's schedulers have the same t / T' where
 * T' is their `T_max` or `total_iters`, and `step()` is called after each step of the optimizer.
 *
 * - cosine: I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017, equation 5,
 *   without restarts; PyTorch: `CosineAnnealingLR`.
 * - polynomial: (1 - t / T')^power, the "poly" policy of DeepLab (Chen et al., 2017) and nnU-Net, down to the lowest
 *   rate as in TensorFlow's `PolynomialDecay`; PyTorch: `PolynomialLR`, whose lowest is 0.
 * - plateau: see `Plateau`.
 */

import { checkCount } from '../../base/checks.js';
import { withDefaults } from '../../base/defaults.js';
import { InputError, invariant } from '../../base/errors.js';
import { cosine, power } from '../../base/math.js';

export const schedules = ['constant', 'cosine', 'polynomial', 'plateau'] as const;
export type ScheduleName = (typeof schedules)[number];

export interface ScheduleOptions {
  /** How the learning rate falls. Default: 'constant', not at all. */
  readonly schedule?: ScheduleName;
  /** How many epochs the rate rises from near 0 for; it may be a fraction. Default: 0. */
  readonly warmup?: number;
  /** The lowest rate that 'cosine', 'polynomial' and 'plateau' come to. Default: 0. */
  readonly minLearningRate?: number;
  /** The exponent of 'polynomial'. Default: 0.9. */
  readonly power?: number;
  /** After how many epochs in a row without improvement the rate of 'plateau' falls. Default: 5. */
  readonly plateauPatience?: number;
  /** What the rate of 'plateau' is multiplied by when it falls. Default: 0.5. */
  readonly plateauFactor?: number;
}

/** The run that a schedule belongs to. */
export interface ScheduledRun {
  readonly epochs: number;
  /** The highest rate. */
  readonly learningRate: number;
}

export type ScheduleSettings = Required<ScheduleOptions> & ScheduledRun;

/** The values of options that are left out. */
export const scheduleDefaults: Required<ScheduleOptions> = {
  schedule: 'constant',
  warmup: 0,
  minLearningRate: 0,
  power: 0.9,
  plateauPatience: 5,
  plateauFactor: 0.5,
};

/**
 * Completes the options with defaults for what is left out or undefined.
 * @throws InputError that names the option
 */
export function scheduleSettings(options: ScheduleOptions & ScheduledRun): ScheduleSettings {
  const settings: ScheduleSettings = withDefaults(scheduleDefaults, options);
  const { epochs, learningRate, schedule, warmup, minLearningRate, plateauFactor } = settings;
  const expect = (condition: boolean, name: keyof ScheduleOptions, expected: string): void => {
    if (condition) return;
    throw new InputError(`training: ${name} is ${settings[name]}, expected ${expected}`);
  };
  expect(schedules.includes(schedule), 'schedule', `one of ${schedules.join(', ')}`);
  expect(warmup >= 0 && warmup < epochs, 'warmup', `at least 0 and fewer than the ${epochs} epochs`);
  expect(
    minLearningRate >= 0 && minLearningRate <= learningRate,
    'minLearningRate',
    `at least 0 and at most the learning rate (${learningRate})`,
  );
  expect(settings.power > 0 && settings.power <= 10, 'power', 'a number above 0, at most 10');
  checkCount(settings.plateauPatience, 'training: plateauPatience');
  expect(plateauFactor > 0 && plateauFactor < 1, 'plateauFactor', 'a number between 0 and 1');
  return settings;
}

/**
 * Returns the learning rate of one step, see the head of this file.
 * @param step the step's number, counted from 0 over the whole run
 * @param factor the factor that `Plateau` has come to; 1 for all other schedules
 */
export function learningRateAt(step: number, stepsPerEpoch: number, settings: ScheduleSettings, factor = 1): number {
  const { schedule, warmup, epochs, learningRate, minLearningRate: lowest } = settings;
  const steps = epochs * stepsPerEpoch;
  invariant(step >= 0 && step < steps, `step ${step} of ${steps}`);
  const highest = schedule === 'plateau' ? Math.max(lowest, learningRate * factor) : learningRate;
  const warmSteps = Math.round(warmup * stepsPerEpoch);
  if (step < warmSteps) return (highest * (step + 1)) / (warmSteps + 1);
  const progress = (step - warmSteps) / (steps - warmSteps);
  if (schedule === 'cosine') return lowest + ((highest - lowest) * (1 + cosine(Math.PI * progress))) / 2;
  if (schedule === 'polynomial') return lowest + (highest - lowest) * power(1 - progress, settings.power);
  return highest;
}

/** What a plateau remembers, as plain JSON. */
export interface PlateauState {
  readonly factor: number;
  /** The best score so far; null before the first. */
  readonly best: number | null;
  /** How many epochs have passed since then, or since the rate last fell. */
  readonly waited: number;
}

/**
 * Lowers the rate when the score has not risen for some epochs. PyTorch's `ReduceLROnPlateau` in mode 'max' does the same
 * with `threshold=0, patience=plateauPatience - 1`: its patience is how many epochs without improvement are forgiven, ours
 * is after how many the rate falls, as with early stopping; and what counts here is any rise, however small.
 */
export class Plateau {
  #state: PlateauState = { factor: 1, best: null, waited: 0 };

  constructor(readonly settings: Pick<ScheduleSettings, 'plateauPatience' | 'plateauFactor'>) {}

  /** What the learning rate is multiplied by. */
  get factor(): number {
    return this.#state.factor;
  }

  /**
   * Ends an epoch.
   * @param score higher is better
   * @returns the factor from now on
   */
  observe(score: number): number {
    const { plateauPatience, plateauFactor } = this.settings;
    const { factor, best, waited } = this.#state;
    if (best === null || score > best) this.#state = { factor, best: score, waited: 0 };
    else if (waited + 1 < plateauPatience) this.#state = { factor, best, waited: waited + 1 };
    else this.#state = { factor: factor * plateauFactor, best, waited: 0 };
    return this.factor;
  }

  saveState(): PlateauState {
    return this.#state;
  }

  restoreState(state: PlateauState): void {
    this.#state = state;
  }
}
