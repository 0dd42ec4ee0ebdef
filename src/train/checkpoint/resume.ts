/** The conversion of a training to a checkpoint and back. */
import type { Storage, Values } from '../../backend/backend.js';
import { InputError } from '../../base/errors.js';
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

/** Makes a checkpoint of a training: copies, together about as large as what a model's file takes while it is made. */
export async function checkpointOf(training: TrainingState): Promise<Checkpoint> {
  const { progress, weights, optimizer } = training;
  const state: SavedState = {
    ...progress.save(),
    average: weights.average?.saveState() ?? null,
    optimizer: optimizer.saveState(),
  };
  const values = storagesOf(training).map(async ([name, storage]) => [name, await storage.read()] as const);
  const tensors = [...(await Promise.all(values)), ...(weights.best ? tensorsOf(weights.best) : [])];
  return { state: { ...state }, tensors: new Map(tensors) };
}

/**
 * Restores a training to the state in which a checkpoint was written.
 * @throws InputError where the checkpoint is of another network or optimizer; then the training stays as it is
 */
export function restoreCheckpoint(training: TrainingState, { state, tensors }: Checkpoint): void {
  const { average, optimizer, ...progress } = state as unknown as SavedState;
  const { parameters } = training.weights;
  const read = (name: string, length: number): Values => {
    const values = tensors.get(name);
    if (values?.length === length) return values;
    const found = values ? `has ${values.length} values` : 'is missing';
    throw new InputError(
      `checkpoint: ${name} ${found}, this training needs ${length}; resume with the network and the optimizer that it was written with`,
    );
  };
  // All is checked before any of it is written: a refused checkpoint leaves the model as it was.
  const storages = storagesOf(training).map(([name, storage]) => [storage, read(name, storage.length)] as const);
  const { length } = parameters.statistics;
  const best = progress.best && {
    trainable: read('best/trainable', parameters.trainable.length),
    statistics: length > 0 ? read('best/statistics', length) : new Float32Array(0),
  };
  for (const [storage, values] of storages) storage.write(values);
  parameters.weightsChanged();
  training.progress.restore(progress);
  training.optimizer.restoreState(optimizer);
  if (average) training.weights.average?.restoreState(average);
  if (best) training.weights.best = best;
}

/** The memory that keeps changing, by its name in a checkpoint. */
function storagesOf({ weights: { parameters, average }, optimizer }: TrainingState): [string, Storage][] {
  const storages: [string, Storage | undefined][] = [
    ['trainable', parameters.trainable],
    ['statistics', parameters.statistics],
    ...[...optimizer.state].map(([name, storage]): [string, Storage] => [`optimizer/${name}`, storage]),
    ['average', average?.storage],
  ];
  return storages.flatMap(([name, storage]) => (storage?.length ? [[name, storage]] : []));
}

function tensorsOf({ trainable, statistics }: Snapshot): [string, Values][] {
  const parts: [string, Values][] = [
    ['best/trainable', trainable],
    ['best/statistics', statistics],
  ];
  return parts.filter(([, values]) => values.length > 0);
}
