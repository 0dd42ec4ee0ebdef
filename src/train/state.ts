/**
 * All that training remembers from one step to the next, and its way into a checkpoint and back. Random numbers are not
 * part of it: they are functions of the seed, the epoch and the image.
 */
import type { Allocator, Storage, Values } from '../backend/backend.js';
import { InputError } from '../base/errors.js';
import type { Dataset } from '../data/dataset.js';
import type { Evaluation } from '../evaluate/evaluate.js';
import { lossSummary } from '../loss/loss.js';
import type { TrainingSummary } from '../model/card.js';
import type { Model } from '../model/model.js';
import { levelsOf } from '../network/config.js';
import type { Snapshot } from '../network/parameters.js';
import { WeightAverage, type WeightAverageState } from './average.js';
import type { Checkpoint } from './checkpoint.js';
import { beginEpoch, type EpochState } from './epoch.js';
import type { OptimizerState } from './optimizer.js';
import type { TrainSettings } from './options.js';
import { Plateau, type PlateauState } from './schedule.js';
import { TrainingStep } from './step.js';

interface Best {
  readonly epoch: number;
  readonly validation: Evaluation;
}

/** The JSON part of a checkpoint. */
interface SavedState {
  readonly current: EpochState;
  readonly best: Best | null;
  readonly plateau: PlateauState;
  readonly average: WeightAverageState | null;
  readonly optimizer: OptimizerState;
}

/** The epoch that a checkpoint goes on with. */
export function begunEpoch({ state }: Checkpoint): EpochState {
  return (state as unknown as SavedState).current;
}

export class TrainingState {
  readonly step: TrainingStep;
  /** The epoch that is being trained, or comes next. */
  current: EpochState;
  readonly #average: WeightAverage | undefined;
  readonly #plateau: Plateau;
  #best: (Best & { readonly weights: Snapshot }) | undefined;
  #written = performance.now();

  /** At the beginning, or where `settings.resume` says. @param scope see `TrainingStep` */
  constructor(
    readonly model: Model,
    readonly dataset: Dataset,
    readonly settings: TrainSettings,
    scope: Allocator = model.backend,
  ) {
    const { parameters, config } = model;
    const { size } = dataset.sampler;
    this.step = new TrainingStep(model, { ...settings, width: size, height: size }, scope);
    if (settings.emaDecay) this.#average = new WeightAverage(scope, parameters, settings.emaDecay);
    this.step.reserve(Math.min(settings.batch, dataset.split.train.length), settings.microBatch);
    this.#plateau = new Plateau(settings.rate);
    this.current = beginEpoch(1, levelsOf(config).length);
    if (settings.resume) this.#restore(settings.resume);
  }

  /** Why the training is at its end; undefined where another epoch follows. */
  end(): 'epochs' | 'patience' | undefined {
    const { epochs, patience } = this.settings;
    const done = this.current.epoch - 1;
    if (done >= epochs) return 'epochs';
    return this.#best && done - this.#best.epoch >= patience ? 'patience' : undefined;
  }

  /** 0 before the first. */
  get bestEpoch(): number {
    return this.#best?.epoch ?? 0;
  }

  /** What the model's card says of the training, if it ends with the best epoch so far. */
  get summary(): TrainingSummary | undefined {
    return this.#best && summaryOf(this.dataset, this.settings, this.#best);
  }

  /** What the schedule makes of the epochs so far; see `learningRateAt`. */
  get factor(): number {
    return this.settings.rate.schedule === 'plateau' ? this.#plateau.factor : 1;
  }

  /** A mini-batch is done. */
  async advance(current: EpochState): Promise<void> {
    this.current = current;
    this.#average?.update();
    const { steps = Infinity, minutes = Infinity } = this.settings.checkpointEvery ?? {};
    const waited = performance.now() - this.#written;
    if (current.steps % steps === 0 || waited >= minutes * 60_000) await this.write();
  }

  /** What is validated: the average of the weights, where there is one, takes their place; the next call undoes it. */
  swap(): void {
    this.#average?.swap();
  }

  /** Ends the epoch, while the model has the weights that were validated. @returns whether it is the best so far */
  async finish(validation: Evaluation): Promise<boolean> {
    const { epoch, losses } = this.current;
    const best = !this.#best || isBetter(validation, this.#best.validation);
    if (best) this.#best = { epoch, validation, weights: await this.model.parameters.snapshot() };
    this.#plateau.observe(validation.dice);
    this.current = beginEpoch(epoch + 1, losses.heads.length);
    return best;
  }

  restoreBest(): void {
    if (this.#best) this.model.parameters.restore(this.#best.weights);
  }

  /**
   * Hands a checkpoint to whoever wants it: copies of everything, about as large together as what the model's file takes
   * while it is made.
   */
  async write(): Promise<void> {
    const { current } = this;
    const { onCheckpoint } = this.settings;
    const best = this.#best ? { epoch: this.#best.epoch, validation: this.#best.validation } : null;
    const state: SavedState = {
      current,
      best,
      plateau: this.#plateau.saveState(),
      average: this.#average?.saveState() ?? null,
      optimizer: this.step.optimizer.saveState(),
    };
    if (onCheckpoint) {
      const values = this.#storages().map(async ([name, storage]) => [name, await storage.read()] as const);
      const tensors = [...(await Promise.all(values)), ...(this.#best ? tensorsOf(this.#best.weights) : [])];
      await onCheckpoint({ state: { ...state }, tensors: new Map(tensors) });
    }
    this.#written = performance.now();
  }

  /** What goes on changing, by name. */
  #storages(): [string, Storage][] {
    const { trainable, statistics } = this.model.parameters;
    const storages: [string, Storage | undefined][] = [
      ['trainable', trainable],
      ['statistics', statistics],
      ...[...this.step.optimizer.state].map(([name, storage]): [string, Storage] => [`optimizer/${name}`, storage]),
      ['average', this.#average?.storage],
    ];
    return storages.flatMap(([name, storage]) => (storage?.length ? [[name, storage]] : []));
  }

  #restore({ state, tensors }: Checkpoint): void {
    const { current, best, plateau, average, optimizer } = state as unknown as SavedState;
    const read = (name: string, length: number): Values => {
      const values = tensors.get(name);
      if (values?.length === length) return values;
      const found = values ? `has ${values.length} values` : 'is missing';
      throw new InputError(
        `checkpoint: ${name} ${found}, this training needs ${length}; resume with the network and the optimizer that it was written with`,
      );
    };
    const { parameters } = this.model;
    // All is looked at before any of it is written: a refused checkpoint leaves the model as it was.
    const storages = this.#storages().map(([name, storage]) => [storage, read(name, storage.length)] as const);
    const { length } = parameters.statistics;
    const weights = best && {
      trainable: read('best/trainable', parameters.trainable.length),
      statistics: length > 0 ? read('best/statistics', length) : new Float32Array(0),
    };
    for (const [storage, values] of storages) storage.write(values);
    parameters.weightsChanged();
    this.current = current;
    this.#plateau.restoreState(plateau);
    if (average) this.#average?.restoreState(average);
    this.step.optimizer.restoreState(optimizer);
    if (best) this.#best = { ...best, weights: weights! };
  }
}

function tensorsOf({ trainable, statistics }: Snapshot): [string, Values][] {
  const parts: [string, Values][] = [
    ['best/trainable', trainable],
    ['best/statistics', statistics],
  ];
  return parts.filter(([, values]) => values.length > 0);
}

function isBetter(a: Evaluation, b: Evaluation): boolean {
  return a.dice > b.dice || (a.dice === b.dice && a.loss < b.loss);
}

/** What the model file says of its training; the same run gives the same words. */
function summaryOf(dataset: Dataset, settings: TrainSettings, { epoch, validation }: Best): TrainingSummary {
  const { epochs, batch, microBatch, learningRate, seed, optimizer, rate, emaDecay } = settings;
  const { split, drawn } = dataset;
  const images = { train: split.train.length, validation: split.validation.length };
  return {
    dataset: dataset.name,
    images,
    ...(drawn && { split: drawn }),
    epochs,
    epoch,
    batch,
    microBatch,
    optimizer,
    learningRate,
    schedule: rate.schedule,
    ...lossSummary(settings.loss),
    ...(emaDecay && { emaDecay }),
    seed,
    validation,
  };
}
