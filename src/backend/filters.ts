/**
 * Filters packed or transformed beforehand. While weights stay as they are, as in inference, they are kept: once for
 * all programs that read the same weights, whatever the size of their images.
 */
import { roundUp } from '../base/multiples.js';
import { leafOf, type Node, type Tensor } from '../graph/graph.js';
import type { Storage } from './backend.js';

/** What is known of the packing of filters without a device. */
export interface Packing {
  /** The inputs that are packed, counted from the last, which is -1. */
  readonly weights: readonly number[];
  /** Elements (float32) of the packed filters; 0 where there is nothing to pack. */
  length(geometry: unknown): number;
}

/** How the kernels of a backend pack. */
export interface Packings {
  /** The packing of a step; undefined where it has none. */
  of(node: Node): Packing | undefined;
  /** In elements. */
  readonly alignment: number;
}

/** Returns the elements of the filters that a step packs in every run: all, unless they come from constants. */
export function ownFiltersLength(packings: Packings, node: Node, constants: ReadonlySet<Tensor>): number {
  return keptLength(packings, node, constants) > 0 ? 0 : (packings.of(node)?.length(node.geometry) ?? 0);
}

/** Returns the elements of the kept filters of these steps, by the kernel and the names of the weights. */
export function keptFilters(
  packings: Packings,
  steps: readonly Node[],
  constants: ReadonlySet<Tensor>,
): ReadonlyMap<string, number> {
  const kept = new Map<string, number>();
  for (const node of steps) {
    const length = keptLength(packings, node, constants);
    if (length === 0) continue;
    const names = packings.of(node)!.weights.map((k) => leafOf(node.inputs.at(k)!)!.name);
    kept.set(keyOf(node, length, names), roundUp(length, packings.alignment));
  }
  return kept;
}

/** The bound tensors whose values do not change while a program is used. */
export function constantsOf(bound: Iterable<Tensor>, constant = false): ReadonlySet<Tensor> {
  return new Set(constant ? [...bound].filter((tensor) => leafOf(tensor)) : []);
}

/** Elements of the filters that are kept of a step; 0 where none are. */
function keptLength(packings: Packings, node: Node, constants: ReadonlySet<Tensor>): number {
  const packing = packings.of(node);
  const kept = packing?.weights.every((k) => constants.has(node.inputs.at(k)!)) ?? false;
  return kept ? packing!.length(node.geometry) : 0;
}

/** The key contains the length, by which the filters of different kinds of kernels differ. */
function keyOf(node: Node, length: number, weights: readonly string[]): string {
  return [node.op.name, length, ...weights].join(' ');
}

/** A storage of a backend that keeps filters. */
export interface Weights extends Storage {
  /** Tells it from every other storage. */
  readonly identity: string;
  /** Calls `action` when the memory is freed. */
  onFree(action: () => void): void;
}

/** The packed filters of a backend that are kept, each made once for all programs. */
export class PackedFilters<S extends Weights> {
  #version = 0;
  readonly #filters = new Map<string, Filters<S>>();

  constructor(
    readonly packings: Packings,
    readonly allocate: (length: number) => S,
  ) {}

  /** Reserves memory for the filters of a step, where they come from constants; it is freed with the weights. */
  reserve(node: Node, constants: ReadonlySet<Tensor>, bound: ReadonlyMap<Tensor, Storage>): Filters<S> | undefined {
    const length = keptLength(this.packings, node, constants);
    if (length === 0) return undefined;
    const weights = this.packings.of(node)!.weights.map((k) => bound.get(node.inputs.at(k)!) as S);
    const key = keyOf(
      node,
      length,
      weights.map(({ identity }) => identity),
    );
    const known = this.#filters.get(key);
    if (known) return known;
    const storage = this.allocate(length);
    const filters = this.#watch(storage);
    this.#filters.set(key, filters);
    for (const weight of weights) weight.onFree(() => this.#filters.delete(key) && storage.free());
    return filters;
  }

  /** Is called when the weights have changed, so that filters are packed again. */
  weightsChanged(): void {
    this.#version++;
  }

  #watch(storage: S): Filters<S> {
    let made = -1;
    return {
      storage,
      renew: () => {
        const due = made !== this.#version;
        made = this.#version;
        return due;
      },
    };
  }
}

/** The kept filters of a step. */
export interface Filters<S> {
  readonly storage: S;
  /** Whether the filters must be packed now: true once after each change of the weights. */
  renew(): boolean;
}
