/** The single objects of a stack: those of its slices, put together where they touch. */
import { type Box, components } from '../image/components.js';
import type { Image } from '../image/image.js';
import { eachMeeting, type Runs, runsOf } from '../image/runs.js';
import type { Instance, Instances } from './instances.js';

/** The smallest box that holds an object of a stack; `front` is its first slice, from 0 on. */
export interface StackBox extends Box {
  readonly front: number;
  readonly depth: number;
}

/** An object of a stack: voxels of one class that touch, across sides, edges or corners. Positions are as in `Instance`. */
export interface StackInstance {
  /** Its value in the label images: 1, 2, …, in the order of slices, and in one slice in that of `Instance`. */
  readonly label: number;
  readonly class: number;
  /** How many voxels it has. */
  readonly volume: number;
  readonly centroid: { readonly x: number; readonly y: number; readonly z: number };
  readonly box: StackBox;
  /** The mean of the probabilities of its parts in the slices, each as often as it has pixels. */
  readonly probability: number;
}

/** An object of a slice. */
interface Part {
  readonly instance: Instance;
  readonly z: number;
}

/** The runs of a slice, and which object of the slice each is of. */
interface Slice {
  readonly runs: Runs;
  readonly of: Uint32Array;
  /** The number of its first object among those of all slices. */
  readonly first: number;
}

/** Puts the objects of slices together, which come one after the other. Of a slice its runs are kept, not its pixels. */
export class StackInstances {
  readonly #slices: Slice[] = [];
  readonly #parts: Part[] = [];
  /** Union-find, in which every object of a slice points at an earlier one, and the first at itself. */
  readonly #parents: number[] = [];

  add({ mask, instances }: Pick<Instances, 'mask' | 'instances'>): void {
    const runs = runsOf(mask);
    const slice = { runs, of: components(runs, 8).of, first: this.#parts.length };
    const z = this.#slices.length;
    for (const instance of instances) {
      this.#parents.push(this.#parts.length);
      this.#parts.push({ instance, z });
    }
    const before = this.#slices.at(-1);
    const link = (i: number, j: number) => {
      if (before!.runs.values[j] === runs.values[i])
        this.#link(slice.first + slice.of[i]!, before!.first + before!.of[j]!);
    };
    for (const shift of [-1, 0, 1]) if (before) eachMeeting(runs, before.runs, link, { shift, reach: 1 });
    this.#slices.push(slice);
  }

  /** The objects by their labels. */
  instances(): StackInstance[] {
    const numbers = this.#numbers();
    const parts: Part[][] = [];
    this.#parts.forEach((part, k) => {
      const label = numbers[k]!;
      parts[label - 1] ??= [];
      parts[label - 1]!.push(part);
    });
    return parts.map((each, k) => ({ label: k + 1, ...measured(each) }));
  }

  /** The label images of all slices; labels beyond 65,535 do not fit. */
  labels(): Image<Uint16Array>[] {
    const numbers = this.#numbers();
    return this.#slices.map(({ runs: { width, height, rows, starts, ends }, of, first }) => {
      const data = new Uint16Array(width * height);
      for (let y = 0; y < height; y++) {
        for (let i = rows[y]!; i < rows[y + 1]!; i++) {
          data.fill(numbers[first + of[i]!]!, y * width + starts[i]!, y * width + ends[i]!);
        }
      }
      return { width, height, channels: 1, data };
    });
  }

  /** The label of each object of a slice. */
  #numbers(): Uint32Array {
    const numbers = new Uint32Array(this.#parents.length);
    let count = 0;
    for (let k = 0; k < numbers.length; k++) {
      const first = this.#first(k);
      numbers[k] = first === k ? ++count : numbers[first]!;
    }
    return numbers;
  }

  #link(a: number, b: number): void {
    const [one, other] = [this.#first(a), this.#first(b)];
    this.#parents[Math.max(one, other)] = Math.min(one, other);
  }

  #first(part: number): number {
    let at = part;
    while (this.#parents[at] !== at) {
      this.#parents[at] = this.#parents[this.#parents[at]!]!;
      at = this.#parents[at]!;
    }
    return at;
  }
}

/** An object by its parts, in the order of slices. */
function measured(parts: readonly Part[]): Omit<StackInstance, 'label'> {
  const sum = (read: (part: Part) => number) => parts.reduce((total, part) => total + read(part), 0);
  const volume = sum(({ instance }) => instance.area);
  const mean = (read: (part: Part) => number) => sum((part) => part.instance.area * read(part)) / volume;
  const [{ instance, z: front }] = parts as [Part, ...Part[]];
  let { left, top } = instance.box;
  let [right, bottom] = [0, 0];
  for (const { box } of parts.map((part) => part.instance)) {
    left = Math.min(left, box.left);
    top = Math.min(top, box.top);
    right = Math.max(right, box.left + box.width);
    bottom = Math.max(bottom, box.top + box.height);
  }
  return {
    class: instance.class,
    volume,
    centroid: {
      x: mean((part) => part.instance.centroid.x),
      y: mean((part) => part.instance.centroid.y),
      z: mean(({ z }) => z),
    },
    box: { left, top, front, width: right - left, height: bottom - top, depth: parts.at(-1)!.z + 1 - front },
    probability: mean((part) => part.instance.probability),
  };
}
