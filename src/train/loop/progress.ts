/**
 * How far a training has come, and what follows from it: which epoch is the best, whether another one is trained, what the
 * schedule makes of the scores. These are plain values alone; the weights are in weights.ts. Random numbers are not part
 * of it: they are functions of the seed, the epoch and the image.
 */
import type { Evaluation } from '../../evaluate/evaluate.js';
import { Plateau, type PlateauState } from '../optimizer/schedule.js';
import type { TrainSettings } from '../options.js';
import { beginEpoch, type EpochState } from './epoch-state.js';

/** An epoch and the scores of its validation. */
export interface ValidatedEpoch {
  /** The number of the epoch, counted from 1. */
  readonly epoch: number;
  readonly validation: Evaluation;
}

/** The progress as plain JSON, the way a checkpoint holds it. */
export interface SavedProgress {
  readonly current: EpochState;
  readonly best: ValidatedEpoch | null;
  readonly plateau: PlateauState;
}

type ProgressSettings = Pick<TrainSettings, 'epochs' | 'patience' | 'rate'>;

export class TrainingProgress {
  readonly #settings: ProgressSettings;
  readonly #plateau: Plateau;
  #current: EpochState;
  #best: ValidatedEpoch | undefined;

  /** The progress before the first step. @param heads how many heads the network has */
  constructor(settings: ProgressSettings, heads: number) {
    this.#settings = settings;
    this.#plateau = new Plateau(settings.rate);
    this.#current = beginEpoch(1, heads);
  }

  /** The epoch that is being trained, or comes next. */
  get current(): EpochState {
    return this.#current;
  }

  /**
   * The best epoch so far; undefined before the first validation. It is the one with the highest Dice, at equal Dice the
   * one with the lowest loss, else the first.
   */
  get best(): ValidatedEpoch | undefined {
    return this.#best;
  }

  /** Why the training is at its end; undefined where another epoch follows. */
  end(): 'epochs' | 'patience' | undefined {
    const { epochs, patience } = this.#settings;
    const done = this.#current.epoch - 1;
    if (done >= epochs) return 'epochs';
    return this.#best && done - this.#best.epoch >= patience ? 'patience' : undefined;
  }

  /** The factor of the learning rate that the schedule has come to; see `learningRateAt`. */
  get factor(): number {
    return this.#settings.rate.schedule === 'plateau' ? this.#plateau.factor : 1;
  }

  /** Takes the state of the current epoch after one more mini-batch. */
  advance(state: EpochState): void {
    this.#current = state;
  }

  /** Ends the current epoch with its validation. @returns whether it is the best so far */
  finish(validation: Evaluation): boolean {
    const { epoch, losses } = this.#current;
    const isBest = !this.#best || isBetter(validation, this.#best.validation);
    if (isBest) this.#best = { epoch, validation };
    this.#plateau.observe(validation.dice);
    this.#current = beginEpoch(epoch + 1, losses.heads.length);
    return isBest;
  }

  save(): SavedProgress {
    return { current: this.#current, best: this.#best ?? null, plateau: this.#plateau.saveState() };
  }

  restore({ current, best, plateau }: SavedProgress): void {
    this.#current = current;
    this.#best = best ?? undefined;
    this.#plateau.restoreState(plateau);
  }
}

function isBetter(a: Evaluation, b: Evaluation): boolean {
  return a.dice > b.dice || (a.dice === b.dice && a.loss < b.loss);
}
