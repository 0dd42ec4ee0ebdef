/**
 * The conversion of a training to a checkpoint and back. Its tensors have the layout that values have outside of backends
 * (`Layouts`), so that a training goes on with another backend than the one that it began with.
 */
import type { Storage, Values } from '../../backend/backend.js';
import { InputError } from '../../base/errors.js';
import type { Layouts } from '../../network/flat-layout.js';
import type { Snapshot } from '../../network/parameters.js';
import type { EpochState } from '../loop/epoch-state.js';
import type { SavedProgress, TrainingProgress } from '../loop/progress.js';
import type { TrainedWeights } from '../loop/weights.js';
import type { WeightAverageState } from '../optimizer/average.js';
import type { Optimizer, OptimizerState } from '../optimizer/optimizer.js';
import type { Checkpoint } from './checkpoint.js';

/** All that training remembers from one step to the next. */
export interface TrainingState {
  readonly progress: TrainingProgress;
  readonly weights: TrainedWeights;
  readonly optimizer: Optimizer;
}

/** The JSON part of a checkpoint. */
interface SavedState extends SavedProgress {
  readonly average: WeightAverageState | null;
  readonly optimizer: OptimizerState;
}

/** Returns the epoch that a checkpoint resumes with. */
export function begunEpoch({ state }: Checkpoint): EpochState {
  return (state as unknown as SavedState).current;
}

/**
 * Makes a checkpoint of a training, which must not go on before it is made: copies, together about as large as what a
 * model's file takes while it is made.
 */
export async function checkpointOf(training: TrainingState): Promise<Checkpoint> {
  const { progress, weights, optimizer } = training;
  const state: SavedState = {
    ...progress.save(),
    average: weights.average?.saveState() ?? null,
    optimizer: optimizer.saveState(),
  };
  const tensors: [string, Values][] = [];
  // One after the other: a backend that copies values to read them then holds one copy at a time.
  for (const { name, storage, layouts } of memoriesOf(training)) tensors.push([name, await layouts.read(storage)]);
  if (weights.best) tensors.push(...tensorsOf(weights.best));
  return { state: { ...state }, tensors: new Map(tensors) };
}

/**
 * Restores a training to the state in which a checkpoint was written.
 * @throws InputError where the checkpoint is of another network or optimizer; then the training stays as it is
 */
export function restoreCheckpoint(training: TrainingState, { state, tensors }: Checkpoint): void {
  const { average, optimizer, ...progress } = state as unknown as SavedState;
  const { parameters } = training.weights;
  const read = (name: string, { outside: { length } }: Layouts): Values => {
    const values = tensors.get(name);
    if (values?.length === length) return values;
    const found = values ? `has ${values.length} values` : 'is missing';
    throw new InputError(
      `checkpoint: ${name} ${found}, this training needs ${length}; resume with the network and the optimizer that it was written with`,
    );
  };
  // All is checked before any of it is written: a refused checkpoint leaves the model as it was.
  const memories = memoriesOf(training).map((memory) => ({ ...memory, values: read(memory.name, memory.layouts) }));
  const { trainable, statistics } = parameters.layouts;
  const best = progress.best && {
    trainable: read('best/trainable', trainable),
    statistics: statistics.outside.length > 0 ? read('best/statistics', statistics) : new Float32Array(0),
  };
  for (const { storage, layouts, values } of memories) layouts.write(storage, values);
  parameters.weightsChanged();
  training.progress.restore(progress);
  training.optimizer.restoreState(optimizer);
  if (average) training.weights.average?.restoreState(average);
  if (best) training.weights.best = best;
}

/** A flat memory that keeps changing. */
interface Memory {
  /** Its name in a checkpoint. */
  readonly name: string;
  readonly storage: Storage;
  readonly layouts: Layouts;
}

function memoriesOf({ weights: { parameters, average }, optimizer }: TrainingState): Memory[] {
  const { trainable, statistics } = parameters.layouts;
  const memories: Memory[] = [
    { name: 'trainable', storage: parameters.trainable, layouts: trainable },
    { name: 'statistics', storage: parameters.statistics, layouts: statistics },
    ...[...optimizer.state].map(([name, storage]) => ({ name: `optimizer/${name}`, storage, layouts: trainable })),
    ...(average ? [{ name: 'average', storage: average.storage, layouts: trainable }] : []),
  ];
  return memories.filter(({ storage }) => storage.length > 0);
}

function tensorsOf({ trainable, statistics }: Snapshot): [string, Values][] {
  const parts: [string, Values][] = [
    ['best/trainable', trainable],
    ['best/statistics', statistics],
  ];
  return parts.filter(([, values]) => values.length > 0);
}
