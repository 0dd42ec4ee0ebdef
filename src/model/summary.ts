/** What a network costs, read off its recorded graph: nothing is computed or allocated. */
import type { Backend, MemoryPlan } from '../backend/backend.js';
import { liveNodes } from '../graph/graph.js';
import { type InferenceGraph, recordInference } from '../infer/inference.js';
import { levelsOf, type ModelConfig } from '../network/config.js';
import type { Parameter } from '../network/layers.js';
import { levelName, type Mode, outputOf } from '../network/mode.js';
import { countParameters, listParameters, storeLengths } from '../network/parameters.js';

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
  /** Filters that are packed once and kept, in bytes. */
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

/** The size of an image in pixels, both multiples of 2^level of the deepest head that is computed. */
interface Size {
  readonly width: number;
  readonly height: number;
}

const FLOAT = 4;

/**
 * Returns what predicting an image costs in mode 'accurate', and what it costs with each head alone.
 * @param size the size of the image; height and width must be multiples of 2^depth
 * @param backend the one that predicts, which takes no memory for the forecast
 */
export function summarize(config: ModelConfig, size: Size, backend: Backend): Summary {
  const cost = (mode: Mode) => predictionCost(record(config, mode, size), backend);
  const levels = levelsOf(config).map((level) => {
    const head = levelName(level);
    return { head, ...cost(head) };
  });
  return { ...cost('accurate'), parameterBytes: parameterBytes(listParameters(config), backend), levels };
}

/** The cost of computing a recorded prediction; see `Model.record`. */
export function predictionCost(graph: InferenceGraph, backend: Backend): Cost {
  return { ...costOf(graph), ...predictionMemory([graph], backend) };
}

/** The memory that recorded predictions take which are computed one after the other. */
export function predictionMemory(
  graphs: readonly InferenceGraph[],
  backend: Backend,
): Pick<Cost, 'workingBytes' | 'preparedBytes'> {
  const plans = graphs.map(({ network, outputs }) =>
    backend.plan(outputs, new Set(network.parameters.keys()), { constant: true }),
  );
  return { workingBytes: FLOAT * Math.max(...plans.map(({ length }) => length)), preparedBytes: keptBytes(plans) };
}

/** The cost of a network in one mode, as far as it can be told without a backend. */
export function networkCost(config: ModelConfig, mode: Mode, size: Size): NetworkCost {
  return costOf(record(config, mode, size));
}

function record(config: ModelConfig, mode: Mode, size: Size): InferenceGraph {
  return recordInference(config, [outputOf(mode, config)], { batch: 1, ...size });
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
export function parameterBytes(list: readonly Parameter[], backend: Backend): number {
  const { trainable, statistics } = storeLengths(list, backend);
  return FLOAT * (trainable + statistics);
}

/** What programs keep between them. */
export function keptBytes(plans: readonly MemoryPlan[]): number {
  const kept = new Map(plans.flatMap((planned) => [...planned.kept]));
  return FLOAT * [...kept.values()].reduce((sum, length) => sum + length, 0);
}
