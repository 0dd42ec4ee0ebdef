/** The heads of a network: what the outputs of a file are made of, logits or probabilities, one by one or as their mean. */
import { show } from '../../base/show.js';
import type { OnnxNode } from '../../formats/onnx/onnx-file.js';
import { numbers } from './tensors.js';
import type { OnnxWalk } from './walk.js';

/** A head: its 1x1 convolution, and what makes probabilities of its logits, where the file does. */
export interface FoundHead {
  readonly convolution: OnnxNode;
  readonly activation: OnnxNode | undefined;
}

export interface FoundOutputs {
  readonly heads: readonly FoundHead[];
  /** The node that crops each output, where the file crops. */
  readonly crops: readonly (OnnxNode | undefined)[];
}

/** The most terms of a mean, which is that of up to six heads; a file may write some zeros among them. */
const MOST_TERMS = 64;
/** How far a factor may be off, as float32 has it. */
const TOLERANCE = 1e-6;

/**
 * @throws InputError for outputs that are neither heads nor the mean of heads
 */
export function outputsOf(walk: OnnxWalk): FoundOutputs {
  const { outputs } = walk.graph;
  const crops: (OnnxNode | undefined)[] = [];
  const found = outputs.map(({ name }) => {
    const last = walk.producer(name);
    const crop = last?.operator === 'Slice' ? last : undefined;
    crops.push(crop);
    const node = crop ? walk.producer(crop.inputs[0]!) : last;
    if (node) return { name, node };
    throw walk.refusal(`output ${show(name)} is computed by no node`);
  });
  if (found.length === 0) throw walk.refusal('the graph has no outputs');
  if (found.length === 1) return { heads: termsOf(walk, found[0]!.node), crops };
  return { heads: found.map(({ node }) => headOf(walk, node)), crops };
}

function headOf(walk: OnnxWalk, node: OnnxNode): FoundHead {
  if (node.operator === 'Conv') return { convolution: node, activation: undefined };
  if (node.operator === 'Softmax') {
    walk.checkAttributes(node, { required: { axis: node.attributes.get('axis') === -3 ? -3 : 1 } });
  } else if (node.operator !== 'Sigmoid') {
    throw walk.misfit(node, 'expected a head (a 1x1 Conv, with or without Sigmoid or Softmax) or the mean of heads');
  }
  return { convolution: walk.before(node, 0, ['Conv']), activation: node };
}

/** The heads whose mean a node is; a head alone is its own mean. */
function termsOf(walk: OnnxWalk, last: OnnxNode): FoundHead[] {
  const factors = new Map<OnnxNode, number>();
  const pending: { node: OnnxNode; factor: number }[] = [{ node: last, factor: 1 }];
  let taken = 0;
  for (let term = pending.pop(); term; term = pending.pop()) {
    const { node, factor } = term;
    if (++taken > MOST_TERMS) throw walk.misfit(last, `is a sum of more than ${MOST_TERMS} terms`);
    const parts = summandsOf(walk, node);
    if (!parts) factors.set(node, (factors.get(node) ?? 0) + factor);
    else for (const part of parts.reverse()) pending.push({ node: part.node, factor: part.factor * factor });
  }
  return [...factors].map(([node, factor]) => {
    const head = headOf(walk, node);
    if (Math.abs(factor - 1 / factors.size) <= TOLERANCE) {
      if (factors.size === 1 || head.activation) return head;
      throw walk.misfit(
        node,
        'is averaged as logits, expected the mean of probabilities: a Sigmoid or Softmax of each head',
      );
    }
    throw walk.misfit(node, `goes into the mean of ${factors.size} heads by ${factor}, expected ${1 / factors.size}`);
  });
}

interface Summand {
  readonly node: OnnxNode;
  readonly factor: number;
}

/** What a node adds up, each with its factor; undefined for a node that is no sum. */
function summandsOf(walk: OnnxWalk, node: OnnxNode): Summand[] | undefined {
  switch (node.operator) {
    case 'Sum':
    case 'Add':
      return inputsOf(walk, node, 1);
    case 'Mean':
      return inputsOf(walk, node, 1 / node.inputs.length);
    case 'Mul': {
      const k = scalarOf(walk, node, 0) === undefined ? 1 : 0;
      const factor = scalarOf(walk, node, k);
      return factor === undefined ? undefined : [{ node: nodeAt(walk, node, 1 - k), factor }];
    }
    case 'Div': {
      const divisor = scalarOf(walk, node, 1);
      return divisor === undefined ? undefined : [{ node: nodeAt(walk, node, 0), factor: 1 / divisor }];
    }
    case 'ReduceMean':
      return stackedOf(walk, node);
    default:
      return undefined;
  }
}

function inputsOf(walk: OnnxWalk, node: OnnxNode, factor: number): Summand[] {
  // Python's sum() begins with 0.
  const isZero = (k: number) => scalarOf(walk, node, k) === 0;
  return [...node.inputs.keys()].filter((k) => !isZero(k)).map((k) => ({ node: nodeAt(walk, node, k), factor }));
}

/** `torch.stack(heads).mean(0)`: the mean along a new first axis. */
function stackedOf(walk: OnnxWalk, mean: OnnxNode): Summand[] {
  const axes = mean.attributes.get('axes') ?? numbersOf(walk, mean, 1);
  if (show(axes) !== '[0]' || mean.attributes.get('keepdims') !== 0) {
    throw walk.misfit(mean, `axes are ${show(axes)}, expected [0] without keepdims, the mean of stacked heads`);
  }
  const concat = walk.before(mean, 0, ['Concat']);
  walk.checkAttributes(concat, { required: { axis: 0 } });
  return [...concat.inputs.keys()].map((k) => {
    const stacked = walk.before(concat, k, ['Unsqueeze']);
    const axis = numbersOf(walk, stacked, 1);
    if (show(axis) !== '[0]') throw walk.misfit(stacked, `axes are ${show(axis)}, expected [0]`);
    return { node: nodeAt(walk, stacked, 0), factor: 1 / concat.inputs.length };
  });
}

function nodeAt(walk: OnnxWalk, reader: OnnxNode, k: number): OnnxNode {
  const node = walk.producer(reader.inputs[k] ?? '');
  if (node) return node;
  throw walk.misfit(reader, `reads ${show(reader.inputs[k])}, expected a head before it`);
}

/** Input `k` of a node where it is one constant number. */
function scalarOf(walk: OnnxWalk, node: OnnxNode, k: number): number | undefined {
  const values = numbersOf(walk, node, k);
  return values?.length === 1 ? values[0] : undefined;
}

function numbersOf(walk: OnnxWalk, node: OnnxNode, k: number): number[] | undefined {
  const tensor = walk.constant(node.inputs[k]);
  return tensor && numbers(tensor);
}
