/** The norms of the family as ONNX has them. */
import { show } from '../../base/show.js';
import type { OnnxNode } from '../../formats/onnx/onnx-file.js';
import type { Norm } from '../../network/config.js';
import { type Bound, numbers, type Tensors, vector } from './tensors.js';
import { ANY, type OnnxWalk } from './walk.js';

/** A norm as it stands in the file: instance norm is also group norm with as many groups as channels. */
export interface FoundNorm {
  readonly node: OnnxNode;
  /** The node whose input 0 is normalised. */
  readonly first: OnnxNode;
  readonly kind: Exclude<Norm, 'none'>;
  readonly groups: number;
  readonly tensors: Tensors;
}

/** The epsilon of all norms, as float32 has it. */
const EPSILON = { float: Math.fround(1e-5) };

/** The norm that ends with a node. */
export function normOf(walk: OnnxWalk, node: OnnxNode): FoundNorm {
  if (node.operator === 'Add') return groupNormOf(walk, node);
  const isBatch = node.operator === 'BatchNormalization';
  walk.checkAttributes(node, {
    optional: { epsilon: EPSILON, ...(isBatch && { momentum: ANY, training_mode: 0, spatial: 1 }) },
  });
  const names = isBatch ? ['weight', 'bias', 'running_mean', 'running_var'] : ['weight', 'bias'];
  const tensors = Object.fromEntries(names.map((name, k) => [name, { tensor: vector(walk, node, k + 1), node }]));
  const groups = tensors.weight!.tensor.shape[0]!;
  return { node, first: node, kind: isBatch ? 'batch' : 'instance', groups, tensors };
}

/**
 * Group norm in terms of instance norm: Add(Mul(Reshape(InstanceNormalization(Reshape(x)))), gamma), beta). The second
 * Reshape restores the shape of x.
 */
function groupNormOf(walk: OnnxWalk, add: OnnxNode): FoundNorm {
  const bias = parameterOfPair(walk, add);
  const multiply = walk.before(add, 1 - bias.k, ['Mul']);
  const weight = parameterOfPair(walk, multiply);
  const restore = walk.before(multiply, 1 - weight.k, ['Reshape']);
  const normalise = walk.before(restore, 0, ['InstanceNormalization']);
  walk.checkAttributes(normalise, { optional: { epsilon: EPSILON } });
  const grouping = walk.before(normalise, 0, ['Reshape']);
  const channels = weight.bound.tensor.shape[0]!;
  const groups = checkGrouping(walk, grouping, normalise);
  checkRestoring(walk, restore, grouping.inputs[0]!, channels);
  return {
    node: add,
    first: grouping,
    kind: 'group',
    groups,
    tensors: { weight: weight.bound, bias: bias.bound },
  };
}

/** The constant among the two inputs of a node, and which one it is. */
function parameterOfPair(walk: OnnxWalk, node: OnnxNode): { readonly k: 0 | 1; readonly bound: Bound } {
  const k = walk.constant(node.inputs[0]) ? 0 : 1;
  return { k, bound: { tensor: vector(walk, node, k), node } };
}

/** The groups that a Reshape to [N,groups,rest] makes for an InstanceNormalization, which must only normalise. */
function checkGrouping(walk: OnnxWalk, grouping: OnnxNode, normalise: OnnxNode): number {
  const target = numbers(walk.parameter(grouping, 1));
  const [batch, groups, rest, ...more] = target;
  if (batch === undefined || !groups || groups < 1 || rest === undefined || more.length > 0) {
    throw walk.misfit(grouping, `shape is ${show(target)}, expected [0,groups,-1]`);
  }
  const [scale, shift] = [vector(walk, normalise, 1), vector(walk, normalise, 2)];
  const isPlain = numbers(scale).every((value) => value === 1) && numbers(shift).every((value) => value === 0);
  if (!isPlain || scale.shape[0] !== groups) {
    throw walk.misfit(normalise, `scales and shifts groups, expected ${groups} times 1 and 0`);
  }
  return groups;
}

/** Checks that a Reshape gives what was grouped its shape back: the shape of `x` itself, or [N,channels,H,W]. */
function checkRestoring(walk: OnnxWalk, restore: OnnxNode, x: string, channels: number): void {
  const shape = walk.producer(restore.inputs[1] ?? '');
  if (shape?.operator === 'Shape' && walk.resolve(shape.inputs[0]!) === walk.resolve(x)) return;
  const target = numbers(walk.parameter(restore, 1));
  if (target.length === 4 && target[1] === channels && target[2] !== 0 && target[3] !== 0) return;
  throw walk.misfit(restore, `shape is ${show(target)}, expected [0,${channels},height,width]`);
}
