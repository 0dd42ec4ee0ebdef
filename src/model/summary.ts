/** What a network costs: read off the recorded graph, nothing is computed or allocated. */
import type { Backend, MemoryPlan } from '../backend/backend.js';
import { liveNodes } from '../graph/graph.js';
import { levelsOf, type ModelConfig } from './config.js';
import { type InferenceGraph, recordInference } from './inference.js';
import { levelName, type Mode } from './mode.js';
import { countParameters, listParameters, storeLengths } from './parameters.js';

/** What predicting one image costs wherever it is computed. */
export interface NetworkCost {
  /** Trainable numbers. */
  readonly parameters: number;
  /** Multiply-adds, counted as direct convolution. */
  readonly macs: number;
}

/** The same with the memory that a backend takes for it. */
export interface Cost extends NetworkCost {
  /** Activations and the workspace of each thread, in bytes. */
  readonly workingBytes: number;
  /** Filters that are prepared once and kept, in bytes. */
  readonly preparedBytes: number;
}

export interface LevelCost extends Cost {
  /** `L1`, `L2`, … */
  readonly head: string;
}

export interface Summary extends Cost {
  /** The parameters of the whole network and its running statistics, in bytes: a model holds them in every mode. */
  readonly parameterBytes: number;
  /** Each head by itself, computed by the pruned network. */
  readonly levels: readonly LevelCost[];
}

/** Multiples of 2^level of the deepest head that is computed. */
interface Size {
  readonly width: number;
  readonly height: number;
}

const FLOAT = 4;

/**
 * The cost in mode 'accurate', and that of each head.
 * @param size of the image; height and width must be multiples of 2^depth
 * @param backend the one that predicts, which takes no memory for the forecast
 */
export function summarize(config: ModelConfig, size: Size, backend: Backend): Summary {
  const levels = levelsOf(config).map((level) => {
    const head = levelName(level);
    return { head, ...predictionCost(config, head, size, backend) };
  });
  const all = predictionCost(config, 'accurate', size, backend);
  return { ...all, parameterBytes: parameterBytes(config, backend), levels };
}

/** The cost in one mode. */
export function predictionCost(config: ModelConfig, mode: Mode, size: Size, backend: Backend): Cost {
  const graph = recordInference(config, mode, { batch: 1, ...size });
  const planned = backend.plan(graph.outputs, new Set(graph.network.parameters.keys()), { constant: true });
  return { ...costOf(graph), workingBytes: FLOAT * planned.length, preparedBytes: keptBytes([planned]) };
}

/** What can be told of it without a backend. */
export function networkCost(config: ModelConfig, mode: Mode, size: Size): NetworkCost {
  return costOf(recordInference(config, mode, { batch: 1, ...size }));
}

function costOf({ network, outputs }: InferenceGraph): NetworkCost {
  const nodes = liveNodes(outputs);
  const live = new Set(nodes);
  const parameters = [...network.parameters].filter(([leaf]) => live.has(leaf.node)).map(([, parameter]) => parameter);
  return {
    parameters: countParameters(parameters),
    macs: nodes.reduce((sum, node) => sum + (node.op.macs?.(node.geometry) ?? 0), 0),
  };
}

/** What a model holds, its running statistics included. */
export function parameterBytes(config: ModelConfig, backend: Backend): number {
  const { trainable, statistics } = storeLengths(listParameters(config), backend);
  return FLOAT * (trainable + statistics);
}

/** What programs keep between them. */
export function keptBytes(plans: readonly MemoryPlan[]): number {
  const kept = new Map(plans.flatMap((planned) => [...planned.kept]));
  return FLOAT * [...kept.values()].reduce((sum, length) => sum + length, 0);
}
