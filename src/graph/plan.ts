/**
 * The static memory plan: shapes are known, so the lifetime of every buffer is known, and buffers that never live at
 * the same time take the same memory. Offsets are greedy by size (Pisarchyk and Lee, "Efficient memory management for deep
 * neural net inference", 2020, section 5.2). A step then allocates nothing, and there is nothing to dispose.
 */
import { roundUp } from '../base/multiples.js';
import { leafOf, liveNodes, type Node, type Tensor } from './graph.js';
import { sizeOf } from './shape.js';

export interface Plan {
  /** The nodes to execute, in order, leaves left out. */
  readonly steps: readonly Node[];
  /** The offset of each tensor in the arena, in elements; tensors bound elsewhere are absent. */
  readonly offsets: ReadonlyMap<Tensor, number>;
  /** The offset of each step's workspace in the arena, in elements; absent where it needs none. */
  readonly workspaces: ReadonlyMap<Node, number>;
  /** The size of the arena in elements. */
  readonly length: number;
}

export interface PlanOptions {
  /** Tensors whose memory the caller owns: parameters, and gradients that are written straight to their place. */
  readonly bound?: ReadonlySet<Tensor>;
  /** Returns how many elements of workspace a step needs while it runs. */
  readonly workspace?: (node: Node) => number;
  /** Buffers begin at multiples of this many elements. Default: 1. */
  readonly alignment?: number;
  /** No buffer lies across a multiple of this many elements: the memory may be cut there. Default: one piece. */
  readonly page?: number;
  /**
   * Whether all tensors are placed before the first workspace, and not each buffer by its size alone. Which takes less
   * memory depends on the network. Default: false.
   */
  readonly tensorsFirst?: boolean;
}

/** A range of memory, needed from step `first` to step `last`, both included. */
interface Buffer {
  readonly length: number;
  first: number;
  last: number;
  offset: number;
}

/** Plans the computation of `outputs`; inputs are held from the start to their last use, outputs to the end. */
export function plan(outputs: readonly Tensor[], options: PlanOptions = {}): Plan {
  const { bound = new Set(), alignment = 1, page = Number.POSITIVE_INFINITY, tensorsFirst = false } = options;
  const live = liveNodes(outputs);
  const steps = live.filter((node) => !leafOf(node.outputs[0]!));
  const buffers = new Map<Tensor, Buffer>();
  const all: Buffer[] = [];
  const create = (length: number, first: number, last: number): Buffer => {
    const buffer = { length: roundUp(length, alignment), first, last, offset: 0 };
    all.push(buffer);
    return buffer;
  };

  const lastUse = new Map<Tensor, number>();
  steps.forEach((node, step) => {
    for (const input of node.inputs) lastUse.set(input, step);
  });
  for (const tensor of outputs) lastUse.set(tensor, steps.length);

  for (const node of live) {
    const tensor = node.outputs[0]!;
    if (leafOf(tensor) && !bound.has(tensor)) {
      buffers.set(tensor, create(sizeOf(tensor.shape), 0, lastUse.get(tensor) ?? 0));
    }
  }
  const workspaces = new Map<Node, Buffer>();
  steps.forEach((node, step) => {
    for (const tensor of node.outputs) {
      if (bound.has(tensor)) continue;
      const last = lastUse.get(tensor) ?? step;
      const inherited = tensor.index === 0 ? takeover(node, step) : undefined;
      if (inherited) inherited.last = last;
      buffers.set(tensor, inherited ?? create(sizeOf(tensor.shape), step, last));
    }
    const workspace = options.workspace?.(node) ?? 0;
    if (workspace > 0) workspaces.set(node, create(workspace, step, step));
  });

  /** The buffer of the input that the op may overwrite, if no later step reads that input and the sizes agree. */
  function takeover(node: Node, step: number): Buffer | undefined {
    const input = node.op.inPlace === undefined ? undefined : node.inputs[node.op.inPlace];
    if (!input || lastUse.get(input) !== step || leafOf(input)) return undefined;
    if (sizeOf(input.shape) !== sizeOf(node.outputs[0]!.shape)) return undefined;
    if (node.inputs.filter((other) => other === input).length > 1) return undefined;
    return buffers.get(input);
  }

  const ofSteps = new Set(workspaces.values());
  const rank = (buffer: Buffer) => Number(tensorsFirst && ofSteps.has(buffer));
  const sorted = [...all].sort((a, b) => rank(a) - rank(b) || b.length - a.length || a.first - b.first);
  const length = assignOffsets(sorted, page);
  return {
    steps,
    offsets: new Map([...buffers].map(([tensor, buffer]) => [tensor, buffer.offset])),
    workspaces: new Map([...workspaces].map(([node, buffer]) => [node, buffer.offset])),
    length,
  };
}

/** Gives each buffer the lowest offset that no buffer of an overlapping lifetime covers, one after the other. */
function assignOffsets(buffers: readonly Buffer[], page: number): number {
  const placed: Buffer[] = [];
  let length = 0;
  for (const buffer of buffers) {
    let offset = 0;
    for (const other of placed) {
      if (other.last < buffer.first || buffer.last < other.first) continue;
      if (other.offset - offset >= buffer.length) break;
      offset = withinPage(Math.max(offset, other.offset + other.length), buffer.length, page);
    }
    buffer.offset = offset;
    length = Math.max(length, offset + buffer.length);
    const at = placed.findIndex((other) => other.offset > offset);
    placed.splice(at < 0 ? placed.length : at, 0, buffer);
  }
  return length;
}

/** The offset, or the beginning of the next page where a buffer there would not lie on one. */
function withinPage(offset: number, length: number, page: number): number {
  const end = (Math.floor(offset / page) + 1) * page;
  return offset + length > end ? end : offset;
}
