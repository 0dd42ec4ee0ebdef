/** What a model takes of a GPU, measured by compiling it there. */

import { createBackend } from '#platform/backends.js';
import type { Allocator } from '../../backend/backend.js';
import type { GpuProgram, WebGpuBackend } from '../../backend/webgpu/backend.js';
import { Inference, recordInference } from '../../infer/inference.js';
import type { LossOptions } from '../../loss/loss.js';
import { Model } from '../../model/model.js';
import type { ModelConfig } from '../../network/config.js';
import { recordSquare } from '../../network/network.js';
import { ParameterStore } from '../../network/parameters.js';
import type { OptimizerName } from '../../train/optimizer/optimizer.js';
import { TrainingStep } from '../../train/step/step.js';
import { opened } from '../backend.js';

export interface GpuCost {
  /** How many dispatches a run has, packing of filters included. */
  readonly dispatches: number;
  /** How many pipelines are compiled for it. */
  readonly pipelines: number;
  /** Activations and workspace, in bytes. */
  readonly arenaBytes: number;
  /** All that outlives a run, in bytes: weights, packed filters, gradients, the state of the optimizer. */
  readonly storageBytes: number;
  /** How long this adapter and its driver take to compile the pipelines, in seconds. */
  readonly compileSeconds: number;
}

export interface GpuCosts {
  readonly prediction: GpuCost;
  /** Absent where it is not known how the model is trained. */
  readonly step?: GpuCost;
}

/** The step of a training: the size of its images, and what it computes. */
export interface GpuStep {
  readonly size: number;
  readonly batch: number;
  readonly microBatch: number;
  readonly optimizer: OptimizerName;
  readonly loss: LossOptions;
}

const FLOAT = 4;

/**
 * Compiles what predicting an image in mode 'accurate' and, where it is given, a step of training compute. Each gets a
 * device of its own, as pipelines that are known already would cost nothing.
 * @param size height and width of the image
 * @throws InputError where there is no GPU, or its memory does not suffice
 */
export async function gpuCosts(config: ModelConfig, size: number, step?: GpuStep): Promise<GpuCosts> {
  const prediction = await onNewDevice((backend) =>
    gpuCost(backend, (allocator) => {
      const graph = recordInference(config, ['accurate'], { batch: 1, height: size, width: size });
      new Inference(graph, new ParameterStore(graph.network, backend), allocator);
    }),
  );
  if (!step) return { prediction };
  const { size: side, batch, microBatch, ...settings } = step;
  return {
    prediction,
    step: await onNewDevice((backend) =>
      gpuCost(backend, (allocator) => {
        const model = new Model(config, new ParameterStore(recordSquare(config), backend));
        new TrainingStep(model, { ...settings, width: side, height: side }, allocator).reserve(batch, microBatch);
      }),
    ),
  };
}

async function onNewDevice<T>(work: (backend: WebGpuBackend) => Promise<T>): Promise<T> {
  const backend = await opened(createBackend('webgpu', { check: false }));
  try {
    return await work(backend);
  } finally {
    backend.close();
  }
}

/**
 * Measures what is made on a backend that has nothing yet.
 * @param make makes it; the allocator takes note of the programs
 */
export async function gpuCost(backend: WebGpuBackend, make: (allocator: Allocator) => void): Promise<GpuCost> {
  const programs: GpuProgram[] = [];
  const started = performance.now();
  make({
    allocate: (length) => backend.allocate(length),
    compile(outputs, bound, options) {
      const program = backend.compile(outputs, bound, options);
      programs.push(program);
      return program;
    },
  });
  await Promise.all(programs.map((program) => program.ready()));
  const compileSeconds = (performance.now() - started) / 1000;
  const arenaBytes = FLOAT * Math.max(0, ...programs.map(({ plan }) => plan.length));
  return {
    dispatches: programs.reduce((sum, { dispatches }) => sum + dispatches, 0),
    pipelines: backend.pipelines,
    arenaBytes,
    storageBytes: backend.bytes - arenaBytes,
    compileSeconds,
  };
}
