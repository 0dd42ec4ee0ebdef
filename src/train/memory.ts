/** The memory that training takes, worked out from the plans before anything is allocated. */
import type { ModelConfig } from '../model/config.js';
import { flatLayout, isTrainable, listParameters } from '../model/parameters.js';
import { type Planner, plainPlanner } from '../model/summary.js';
import { recordEvaluation } from './evaluate.js';
import { gradientBuffers } from './gradient-tree.js';
import { type OptimizerName, STATE_NAMES } from './optimizer.js';
import { recordGradients } from './step.js';

/** In bytes. */
export interface TrainingMemory {
  /** Parameters and running statistics. */
  readonly parameters: number;
  /** Those that the workers write, and sums that wait for others; see `GradientTree`. */
  readonly gradients: number;
  /** Its state, and the average of the weights. */
  readonly optimizer: number;
  /**
   * Activations, their gradients and scratch memory: of each worker, and of validation. A single worker computes where
   * validation does, and the larger of the two counts.
   */
  readonly working: number;
  readonly total: number;
}

export interface TrainingMemoryOptions {
  readonly size: number;
  readonly batch: number;
  readonly microBatch: number;
  /** Default: 1. */
  readonly workers?: number;
  /** Default: 'adam'. */
  readonly optimizer?: OptimizerName | undefined;
  /** See `TrainOptions`. */
  readonly averageDecay?: number | undefined;
}

const FLOAT = 4;

/** @param planner the backend's own, which counts its scratch memory */
export function trainingMemory(
  config: ModelConfig,
  options: TrainingMemoryOptions,
  planner: Planner = plainPlanner,
): TrainingMemory {
  const { size, batch, microBatch, workers = 1, optimizer = 'adam', averageDecay } = options;
  const list = listParameters(config);
  const trainable = FLOAT * flatLayout(list.filter(isTrainable)).length;
  const statistics = FLOAT * flatLayout(list.filter((parameter) => !isTrainable(parameter))).length;
  const training = recordGradients(config, { batch: microBatch, height: size, width: size });
  const kept = [...training.network.parameters.keys(), ...training.gradients.values()];
  const validation = recordEvaluation(config, microBatch, size);
  const lane = FLOAT * planner(training.outputs, new Set(kept)).length;
  const other = FLOAT * planner(validation.outputs, new Set(validation.network.parameters.keys())).length;
  const parts = {
    parameters: trainable + statistics,
    gradients: gradientBuffers(workers, Math.ceil(batch / microBatch)) * trainable,
    optimizer: (STATE_NAMES[optimizer].length + (averageDecay ? 1 : 0)) * trainable,
    working: workers === 1 ? Math.max(lane, other) : workers * lane + other,
  };
  return { ...parts, total: parts.parameters + parts.gradients + parts.optimizer + parts.working };
}
