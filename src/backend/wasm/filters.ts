/**
 * Filters packed or transformed beforehand. While weights stay as they are, as in inference, they are kept: once for
 * all programs that read the same weights, whatever the size of their images.
 */
import { roundUp } from '../../base/multiples.js';
import { leafOf, type Node, type Tensor } from '../../graph/graph.js';
import type { Storage } from '../backend.js';
import { kernelOf } from './kernels/index.js';
import { ALIGNMENT, type LinearMemory } from './memory.js';
import type { WasmStorage } from './storage.js';

/** Returns the elements of the filters that a step packs in every run: all, unless they come from constants. */
export function ownFiltersLength(node: Node, constants: ReadonlySet<Tensor>): number {
  return isKept(node, constants) ? 0 : (kernelOf(node).prepack?.length(node.geometry) ?? 0);
}

/** Returns the elements of the kept filters of these steps, by the kernel and the names of the weights. */
export function keptFilters(steps: readonly Node[], constants: ReadonlySet<Tensor>): ReadonlyMap<string, number> {
  const kept = new Map<string, number>();
  for (const node of steps) {
    if (!isKept(node, constants)) continue;
    const { weights, length } = kernelOf(node).prepack!;
    const elements = length(node.geometry);
    const names = weights.map((k) => leafOf(node.inputs.at(k)!)!.name);
    kept.set(keyOf(node, elements, names), roundUp(elements, ALIGNMENT));
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

/** The key contains the length, by which the filters of different kinds of kernels differ. */
function keyOf(node: Node, length: number, weights: readonly (string | number)[]): string {
  return [node.op.name, length, ...weights].join(' ');
}

/** The packed filters of a backend that are kept, each made once for all programs. */
export class PackedFilters {
  #version = 0;
  readonly #filters = new Map<string, Filters>();

  constructor(readonly memory: LinearMemory) {}

  /** Reserves memory for the filters of a step, where they come from constants; it is freed with the weights. */
  reserve(node: Node, constants: ReadonlySet<Tensor>, bound: ReadonlyMap<Tensor, Storage>): Filters | undefined {
    if (!isKept(node, constants)) return undefined;
    const { prepack } = kernelOf(node);
    const length = prepack!.length(node.geometry);
    const weights = prepack!.weights.map((k) => bound.get(node.inputs.at(k)!) as WasmStorage);
    const key = keyOf(
      node,
      length,
      weights.map(({ address }) => address),
    );
    const known = this.#filters.get(key);
    if (known) return known;
    const storage = this.memory.allocate(length);
    const filters = this.#watch(storage.address);
    this.#filters.set(key, filters);
    for (const weight of weights) weight.onFree(() => this.#filters.delete(key) && storage.free());
    return filters;
  }

  /** Is called when the weights have changed, so that filters are packed again. */
  weightsChanged(): void {
    this.#version++;
  }

  #watch(address: number): Filters {
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
  /** Whether the filters must be packed now: true once after each change of the weights. */
  renew(): boolean;
}
