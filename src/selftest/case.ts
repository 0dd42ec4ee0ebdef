/** What a test case of an op is, and how it is recorded. */
import type { NdArray } from '../backend/run.js';
import { fold, Random, seedKey } from '../base/random.js';
import { Graph, type Tensor } from '../graph/graph.js';
import type { Shape } from '../graph/shape.js';
import { gradients } from '../ops/index.js';
import { normal, type Sample } from './samples.js';

/** The files of `src/ops` that declare ops: one family each. */
export type Family =
  | 'activation'
  | 'arithmetic'
  | 'concatenation'
  | 'convolution'
  | 'cross-entropy'
  | 'dropout'
  | 'lovasz'
  | 'normalisation'
  | 'optimizer'
  | 'pooling'
  | 'transposed'
  | 'tversky'
  | 'upsampling';

export interface Case {
  readonly family: Family;
  /** Tells it from every other case; also the seed of its data. */
  readonly label: string;
  readonly samples: readonly Sample[];
  /** Records the ops under test on one tensor per sample. */
  readonly fn: (...tensors: Tensor[]) => readonly Tensor[];
  /** The inputs, by index, whose gradients belong to the case; they are those of the first output. */
  readonly differentiable: readonly number[];
  /** Lies on a tie or at a kink: the gradient follows a stated rule there, and finite differences do not. */
  readonly kinked?: boolean;
  /** Largest error of a float32 backend, relative to the largest element of the tensor: 0 where nothing is rounded. */
  readonly tolerance: number;
}

/** The inputs of a case: the same numbers each time. */
export function arraysOf({ label, samples }: Case): NdArray[] {
  return samples.map((sample, k) => sample(new Random(fold(fold(seedKey(1), label), k))));
}

export interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/** A case on a graph, with the data of its leaves. */
export interface Recorded {
  readonly leaves: ReadonlyMap<Tensor, ArrayLike<number>>;
  /** The outputs of `fn`, then the gradients. */
  readonly outputs: readonly NamedTensor[];
}

/** Records `fn` and the gradients of sum(y dy), with a random dy. */
export function recordCase(c: Case): Recorded {
  const graph = new Graph();
  const leaves = new Map<Tensor, ArrayLike<number>>();
  const inputs = arraysOf(c).map(({ shape, data }, k) => {
    const leaf = graph.input(`x${k}`, shape);
    leaves.set(leaf, data);
    return leaf;
  });
  const ys = c.fn(...inputs);
  const outputs = ys.map((tensor, k) => ({ name: `output ${k}`, tensor }));
  if (c.differentiable.length > 0) {
    const y = ys[0]!;
    const dy = graph.input('dy', y.shape);
    leaves.set(dy, upstreamOf(c, y.shape).data);
    const wrt = c.differentiable.map((k) => inputs[k]!);
    gradients(y, wrt, dy).forEach((tensor, k) => {
      outputs.push({ name: `gradient of input ${c.differentiable[k]}`, tensor });
    });
  }
  return { leaves, outputs };
}

/** The upstream gradient of the first output, which has this shape. */
export function upstreamOf({ label }: Case, shape: Shape): NdArray {
  return normal(shape)(new Random(fold(seedKey(2), label)));
}
