/** The memory that training takes, worked out from the plans before anything is allocated. */
import type { ModelConfig } from '../model/config.js';
import { flatLayout, isTrainable, listParameters } from '../model/parameters.js';
import { type Planner, plainPlanner } from '../model/summary.js';
import { recordEvaluation } from './evaluate.js';
import { type OptimizerName, STATE_NAMES } from './optimizer.js';
import { recordGradients } from './step.js';

/** In bytes. */
export interface TrainingMemory {
  /** Parameters and running statistics. */
  readonly parameters: number;
  /** Of the mini-batch and of the micro-batch. */
  readonly gradients: number;
  readonly optimizer: number;
  /** Activations, their gradients and scratch memory of the larger of training and validation. */
  readonly working: number;
  readonly total: number;
}

export interface TrainingMemoryOptions {
  readonly size: number;
  readonly microBatch: number;
  /** Default: 'adam'. */
  readonly optimizer?: OptimizerName;
}

const FLOAT = 4;

/** @param planner the backend's own, which counts its scratch memory */
export function trainingMemory(
  config: ModelConfig,
  options: TrainingMemoryOptions,
  planner: Planner = plainPlanner,
): TrainingMemory {
  const { size, microBatch, optimizer = 'adam' } = options;
  const list = listParameters(config);
  const trainable = FLOAT * flatLayout(list.filter(isTrainable)).length;
  const statistics = FLOAT * flatLayout(list.filter((parameter) => !isTrainable(parameter))).length;
  const training = recordGradients(config, { batch: microBatch, height: size, width: size });
  const kept = [
    ...training.network.parameters.keys(),
    ...training.gradients.values(),
    ...training.network.updates.map(({ value }) => value),
  ];
  const validation = recordEvaluation(config, microBatch, size);
  const parts = {
    parameters: trainable + statistics,
    gradients: 2 * trainable,
    optimizer: STATE_NAMES[optimizer].length * trainable,
    working:
      FLOAT *
      Math.max(
        planner(training.outputs, new Set(kept)).length,
        planner(validation.outputs, new Set(validation.network.parameters.keys())).length,
      ),
  };
  return { ...parts, total: parts.parameters + parts.gradients + parts.optimizer + parts.working };
}
