/**
 * A model is a graph, recorded once on symbolic tensors; autodiff, pruning, the memory plan and the backends read it.
 * Recording never computes: a tensor here is a shape and the node that makes it.
 */
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import { formatShape, type Shape } from './shape.js';

/** An operation, declared once in `src/ops`; backends decide how it is computed. */
export interface Op<G = unknown> {
  readonly name: string;
  /**
   * Vector-Jacobian product: from the gradients `dys` of the outputs (undefined where none flows) the gradients of the
   * inputs, as new nodes. Entries whose `needs` is false may be left undefined. Absent: not differentiable.
   */
  vjp?(node: Node<G>, dys: readonly (Tensor | undefined)[], needs: readonly boolean[]): readonly (Tensor | undefined)[];
  /** Multiply-adds of one execution, counted as direct computation. Absent: none worth counting. */
  macs?(geometry: G): number;
  /** The input whose buffer output 0 may take over: set only where element i of the output needs element i alone. */
  readonly inPlace?: number;
}

/** One recorded call of an op. */
export interface Node<G = unknown> {
  readonly graph: Graph;
  /** Position in `graph.nodes`: inputs have smaller ids. */
  readonly id: number;
  readonly op: Op<G>;
  readonly inputs: readonly Tensor[];
  /** Sizes and options, computed and checked once by the op; kernels take them as they are. */
  readonly geometry: G;
  readonly outputs: readonly Tensor[];
}

/** A symbolic tensor: output `index` of `node`. */
export interface Tensor {
  readonly node: Node;
  readonly index: number;
  readonly shape: Shape;
}

/** A tensor that the caller provides at run time: data that changes (`input`), or is trained and stored (`parameter`). */
export interface Leaf {
  readonly kind: 'input' | 'parameter';
  readonly name: string;
}

const leafOp: Op<Leaf> = { name: 'leaf' };

export class Graph {
  readonly nodes: Node[] = [];
  readonly #names = new Set<string>();

  /** A leaf whose value is written before each run. */
  input(name: string, shape: Shape): Tensor {
    return this.#leaf('input', name, shape);
  }

  /** A leaf that keeps its value between runs: a weight or a running statistic. */
  parameter(name: string, shape: Shape): Tensor {
    return this.#leaf('parameter', name, shape);
  }

  #leaf(kind: Leaf['kind'], name: string, shape: Shape): Tensor {
    if (this.#names.has(name)) throw new InputError(`graph: two leaves are called ${show(name)}; names must differ`);
    this.#names.add(name);
    return this.record(leafOp, [], { kind, name }, [shape])[0]!;
  }

  /** Appends a node. Called by ops only, after they have checked everything. */
  record<G>(op: Op<G>, inputs: readonly Tensor[], geometry: G, shapes: readonly Shape[]): Tensor[] {
    const outputs: Tensor[] = [];
    const node: Node<G> = { graph: this, id: this.nodes.length, op, inputs, geometry, outputs };
    for (const shape of shapes) {
      if (!shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
        throw new InputError(`${op.name}: sizes must be positive integers, got ${formatShape(shape)}`);
      }
      outputs.push({ node, index: outputs.length, shape });
    }
    this.nodes.push(node);
    return outputs;
  }
}

/** Appends a node to the graph that the inputs belong to. */
export function record<G>(op: Op<G>, inputs: readonly Tensor[], geometry: G, shapes: readonly Shape[]): Tensor[] {
  const graph = inputs[0]!.node.graph;
  if (inputs.some((tensor) => tensor.node.graph !== graph)) {
    throw new InputError(`${op.name}: the inputs belong to different graphs; record the whole model on one Graph`);
  }
  return graph.record(op, inputs, geometry, shapes);
}

/** The leaf behind a tensor, or undefined for a computed one. */
export function leafOf(tensor: Tensor): Leaf | undefined {
  return tensor.node.op === leafOp ? (tensor.node.geometry as Leaf) : undefined;
}

/**
 * The nodes that `outputs` need, in recorded order; everything else is dead. Pruning UNet++ to L1..L4 is this function
 * applied to one head.
 */
export function liveNodes(outputs: readonly Tensor[]): Node[] {
  const live = new Set<Node>();
  const pending = outputs.map((tensor) => tensor.node);
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (live.has(node)) continue;
    live.add(node);
    for (const input of node.inputs) pending.push(input.node);
  }
  return [...live].sort((a, b) => a.id - b.id);
}

/** The leaves that `outputs` need, in recorded order. */
export function liveLeaves(outputs: readonly Tensor[], kind: Leaf['kind']): Tensor[] {
  return liveNodes(outputs)
    .map((node) => node.outputs[0]!)
    .filter((tensor) => leafOf(tensor)?.kind === kind);
}
