/** What a network costs: read off the recorded graph, nothing is computed or allocated. */
import { liveNodes, type Tensor } from '../graph/graph.js';
import { type Plan, plan } from '../graph/plan.js';
import { type ModelConfig, upToLevel } from './config.js';
import { meanOf, probabilities } from './inference.js';
import { levelName } from './mode.js';
import { type Network, recordNetwork } from './network.js';
import { countParameters } from './parameters.js';

/** The memory plan of a computation; a backend's own counts its kernels' scratch memory too. */
export type Planner = (outputs: readonly Tensor[], bound: ReadonlySet<Tensor>) => Plan;

/** The plan without scratch memory. */
export const plainPlanner: Planner = (outputs, bound) => plan(outputs, { bound });

/** The cost of predicting one image. */
export interface Cost {
  /** Trainable numbers. */
  readonly parameters: number;
  /** Multiply-adds, counted as direct convolution. */
  readonly macs: number;
  /** Working memory in bytes, parameters not included. */
  readonly workingBytes: number;
}

export interface LevelCost extends Cost {
  /** `L1`, `L2`, … */
  readonly head: string;
}

export interface Summary extends Cost {
  /** Each head by itself, computed by the pruned network. */
  readonly levels: readonly LevelCost[];
}

/** @param size of the image; height and width must be multiples of 2^depth */
export function summarize(
  config: ModelConfig,
  size: { readonly width: number; readonly height: number },
  planner: Planner = plainPlanner,
): Summary {
  const network = recordNetwork(config, { batch: 1, ...size });
  const levels = network.heads.map(({ level }) => {
    const pruned = recordNetwork(upToLevel(config, level), { batch: 1, ...size });
    return { head: levelName(level), ...cost(pruned, [pruned.heads.at(-1)!.logits], planner) };
  });
  const all = network.heads.map((head) => head.logits);
  return { ...cost(network, all, planner), levels };
}

function cost(network: Network, heads: readonly Tensor[], planner: Planner): Cost {
  const output = meanOf(heads.map(probabilities));
  const nodes = liveNodes([output]);
  const live = new Set(nodes);
  const parameters = [...network.parameters].filter(([leaf]) => live.has(leaf.node)).map(([, parameter]) => parameter);
  return {
    parameters: countParameters(parameters),
    macs: nodes.reduce((sum, node) => sum + (node.op.macs?.(node.geometry) ?? 0), 0),
    workingBytes: 4 * planner([output], new Set(network.parameters.keys())).length,
  };
}
