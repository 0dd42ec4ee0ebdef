/** What a network costs: read off the recorded graph, nothing is computed or allocated. */
import type { MemoryPlan, Planner } from '../backend/backend.js';
import { liveNodes } from '../graph/graph.js';
import { plan } from '../graph/plan.js';
import { type InferenceGraph, recordInference } from '../infer/inference.js';
import { levelsOf, type ModelConfig } from '../network/config.js';
import type { Parameter } from '../network/layers.js';
import { levelName, type Mode, outputOf } from '../network/mode.js';
import { countParameters, listParameters, storeLengths } from '../network/parameters.js';

/** The plan without scratch memory and prepared filters, which a backend's own counts too. */
export const plainPlanner: Planner = (outputs, bound) => ({ ...plan(outputs, { bound }), kept: new Map() });

/** The cost of predicting one image. */
export interface Cost {
  /** Trainable numbers. */
  readonly parameters: number;
  /** Multiply-adds, counted as direct convolution. */
  readonly macs: number;
  /** Activations and the scratch memory of each thread, in bytes. */
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
 * @param size of the image; height and width must be multiples of 2^depth
 * @param planner the backend's own
 * @param threads that compute an image together
 */
export function summarize(config: ModelConfig, size: Size, planner: Planner = plainPlanner, threads = 1): Summary {
  const cost = (mode: Mode): Cost => {
    return predictionCost(recordInference(config, [outputOf(mode, config)], { batch: 1, ...size }), planner, threads);
  };
  const levels = levelsOf(config).map((level) => {
    const head = levelName(level);
    return { head, ...cost(head) };
  });
  return { ...cost('accurate'), parameterBytes: parameterBytes(listParameters(config)), levels };
}

/** The cost of computing a recorded prediction; see `Model.record`. */
export function predictionCost({ network, outputs }: InferenceGraph, planner: Planner, threads: number): Cost {
  const nodes = liveNodes(outputs);
  const live = new Set(nodes);
  const parameters = [...network.parameters].filter(([leaf]) => live.has(leaf.node)).map(([, parameter]) => parameter);
  const planned = planner(outputs, new Set(network.parameters.keys()), { constant: true, threads });
  return {
    parameters: countParameters(parameters),
    macs: nodes.reduce((sum, node) => sum + (node.op.macs?.(node.geometry) ?? 0), 0),
    workingBytes: FLOAT * planned.length,
    preparedBytes: keptBytes([planned]),
  };
}

/** What a model holds, its running statistics included. */
export function parameterBytes(list: readonly Parameter[]): number {
  const { trainable, statistics } = storeLengths(list);
  return FLOAT * (trainable + statistics);
}

/** What programs keep between them. */
export function keptBytes(plans: readonly MemoryPlan[]): number {
  const kept = new Map(plans.flatMap((planned) => [...planned.kept]));
  return FLOAT * [...kept.values()].reduce((sum, length) => sum + length, 0);
}
