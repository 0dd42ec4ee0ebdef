/**
 * Filters packed or transformed beforehand. While weights stay as they are, as in inference, they are kept: once for
 * all programs that read the same weights, whatever the size of their images.
 */
import { leafOf, type Node, type Tensor } from '../../graph/graph.js';
import type { Storage } from '../backend.js';
import { kernelOf } from './kernels/index.js';
import { allocatedLength, type LinearMemory, type WasmStorage } from './memory.js';

/** Elements of the filters that a step packs in every run: all, unless they come from constants. */
export function ownFiltersLength(node: Node, constants: ReadonlySet<Tensor>): number {
  return isKept(node, constants) ? 0 : (kernelOf(node).prepack?.length(node.geometry) ?? 0);
}

/** Elements that the kept filters of these steps take, by the kernel and the names of the weights. */
export function keptFilters(steps: readonly Node[], constants: ReadonlySet<Tensor>): ReadonlyMap<string, number> {
  const kept = new Map<string, number>();
  for (const node of steps) {
    if (!isKept(node, constants)) continue;
    const { weights, length } = kernelOf(node).prepack!;
    const elements = length(node.geometry);
    const names = weights.map((k) => leafOf(node.inputs.at(k)!)!.name);
    kept.set(keyOf(node, elements, names), allocatedLength(elements));
  }
  return kept;
}

/** The bound tensors whose values do not change while a program is used. */
export function constantsOf(bound: Iterable<Tensor>, constant = false): ReadonlySet<Tensor> {
  return new Set(constant ? [...bound].filter((tensor) => leafOf(tensor)) : []);
}

function isKept(node: Node, constants: ReadonlySet<Tensor>): boolean {
  const { prepack } = kernelOf(node);
  return prepack?.weights.every((k) => constants.has(node.inputs.at(k)!)) ?? false;
}

/** Which kind of kernel has packed filters shows in their length. */
function keyOf(node: Node, length: number, weights: readonly (string | number)[]): string {
  return [node.op.name, length, ...weights].join(' ');
}

/** The packed filters of a backend that are kept, each made once for all programs. */
export class PackedFilters {
  #version = 0;
  readonly #filters = new Map<string, Filters>();
  readonly #byNode = new WeakMap<Node, Filters>();

  constructor(readonly memory: LinearMemory) {}

  /** Makes room for the filters of a step where they come from constants. */
  reserve(node: Node, constants: ReadonlySet<Tensor>, bound: ReadonlyMap<Tensor, Storage>): void {
    if (!isKept(node, constants)) return;
    const { prepack } = kernelOf(node);
    const length = prepack!.length(node.geometry);
    const addresses = prepack!.weights.map((k) => (bound.get(node.inputs.at(k)!) as WasmStorage).address);
    const key = keyOf(node, length, addresses);
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

/** The kept filters of a step. */
export interface Filters {
  /** The address, in bytes. */
  readonly address: number;
  /** Whether they are to be made now: true once after each change of the weights. */
  renew(): boolean;
}
