/**
 * Filters packed or transformed beforehand. While weights stay as they are, as in inference, they are kept: once for
 * all programs that read the same weights, whatever the size of their images.
 */
import type { Node, Tensor } from '../../graph/graph.js';
import type { Storage } from '../backend.js';
import { kernelOf } from './kernels.js';
import type { LinearMemory, WasmStorage } from './memory.js';

/** Elements of the filters that a step prepares in every run: all, unless they come from constants. */
export function ownFiltersLength(node: Node, constants: ReadonlySet<Tensor>): number {
  return isKept(node, constants) ? 0 : (kernelOf(node).preparation?.length(node.geometry) ?? 0);
}

function isKept(node: Node, constants: ReadonlySet<Tensor>): boolean {
  const { preparation } = kernelOf(node);
  return preparation?.weights.every((k) => constants.has(node.inputs.at(k)!)) ?? false;
}

export class PreparedFilters {
  #version = 0;
  readonly #filters = new Map<string, Filters>();
  readonly #byNode = new WeakMap<Node, Filters>();

  constructor(readonly memory: LinearMemory) {}

  /** Makes room for the filters of a step where they come from constants. */
  reserve(node: Node, constants: ReadonlySet<Tensor>, bound: ReadonlyMap<Tensor, Storage>): void {
    const { preparation } = kernelOf(node);
    const length = preparation?.length(node.geometry) ?? 0;
    if (!preparation || length === 0 || !isKept(node, constants)) return;
    const addresses = preparation.weights.map((k) => (bound.get(node.inputs.at(k)!) as WasmStorage).address);
    const key = [node.op.name, length, ...addresses].join(' ');
    const filters = this.#filters.get(key) ?? this.#allocate(length);
    this.#filters.set(key, filters);
    this.#byNode.set(node, filters);
  }

  /** The kept filters of a step, if it has such. */
  get(node: Node): Filters | undefined {
    return this.#byNode.get(node);
  }

  /** The weights have changed. */
  invalidate(): void {
    this.#version++;
  }

  #allocate(length: number): Filters {
    const { address } = this.memory.allocate(length);
    let made = -1;
    return {
      address,
      renew: () => {
        const due = made !== this.#version;
        made = this.#version;
        return due;
      },
    };
  }
}

export interface Filters {
  /** In bytes. */
  readonly address: number;
  /** Whether they are to be made now: true once after each change of the weights. */
  renew(): boolean;
}
