/**
 * Parameters one after the other in a flat memory. Each begins at a multiple of the backend's alignment; outside of
 * backends, in snapshots and checkpoints, all have one layout, so that what one backend has written another can read.
 */
import type { Storage, Values } from '../backend/backend.js';
import { roundUp } from '../base/multiples.js';
import { sizeOf } from '../graph/shape.js';
import type { Parameter } from './layers.js';

/** The alignment of values outside of backends, in elements: that of the checkpoints of all versions. */
const OUTSIDE = 16;

/** Where parameters lie in a flat memory, in elements. */
export interface FlatLayout {
  readonly alignment: number;
  readonly places: ReadonlyMap<string, { readonly start: number; readonly size: number }>;
  /** The length of the memory, the gaps of the alignment included. */
  readonly length: number;
}

/** Lays parameters one after the other. The gaps hold zeros, which every optimizer leaves as they are. */
export function flatLayout(parameters: readonly Parameter[], alignment: number): FlatLayout {
  const places = new Map<string, { start: number; size: number }>();
  let length = 0;
  for (const { name, shape } of parameters) {
    const size = sizeOf(shape);
    places.set(name, { start: length, size });
    length += roundUp(size, alignment);
  }
  return { alignment, places, length };
}

/** Returns the part of `flat` that belongs to each parameter. */
export function partsOf(flat: Values, { places }: FlatLayout): [string, Values][] {
  return [...places].map(([name, { start, size }]) => [name, flat.subarray(start, start + size)]);
}

/** The two layouts of the same parameters: in the memory of a backend, and outside of it. */
export class Layouts {
  readonly inside: FlatLayout;
  readonly outside: FlatLayout;

  /** @param alignment the backend's, in elements */
  constructor(parameters: readonly Parameter[], alignment: number) {
    this.inside = flatLayout(parameters, alignment);
    this.outside = flatLayout(parameters, OUTSIDE);
  }

  /** Reads a memory with the layout `inside`. @returns its values with the layout `outside` */
  async read(memory: Storage): Promise<Values> {
    return relaid(await memory.read(), this.inside, this.outside);
  }

  /** Writes a memory with the layout `inside`. @param values have the layout `outside` */
  write(memory: Storage, values: Values): void {
    memory.write(relaid(values, this.outside, this.inside));
  }
}

/** Lays the values of the same parameters anew; they are returned as they are where the layouts agree. */
function relaid(values: Values, from: FlatLayout, to: FlatLayout): Values {
  if (from.alignment === to.alignment) return values;
  const laid = values instanceof Float32Array ? new Float32Array(to.length) : new Float64Array(to.length);
  for (const [name, part] of partsOf(values, from)) laid.set(part, to.places.get(name)!.start);
  return laid;
}
