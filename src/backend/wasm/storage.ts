/** Storages in the linear memory, and parts of them. */
import { invariant } from '../../base/errors.js';
import { checkValues, type Storage } from '../backend.js';
import type { Weights } from '../filters.js';
import type { Span } from './free-list.js';

const FLOAT = 4;
/** The elements that are swapped at once: few enough for the processor's cache. */
const SWAPPED_AT_ONCE = 4096;

/** A range of the linear memory. */
export interface Block extends Span {
  freed: boolean;
  /** Functions that are called when it is freed. */
  readonly onFree: (() => void)[];
}

/** What storages need of their memory. */
interface Owner {
  readonly memory: WebAssembly.Memory;
  view(address: number, length: number): Float32Array;
  free(block: Block): void;
}

export class WasmStorage implements Weights {
  readonly #block: Block;
  readonly #start: number;

  /** @param start where it begins in the block, in elements */
  constructor(
    readonly owner: Owner,
    block: Block,
    start: number,
    readonly length: number,
  ) {
    this.#block = block;
    this.#start = start;
  }

  /** The address in bytes. */
  get address(): number {
    this.assertLive();
    return this.#block.address + this.#start * FLOAT;
  }

  /** @throws Error where the storage was freed */
  assertLive(): void {
    invariant(!this.#block.freed, 'a storage is used that was freed');
  }

  write(values: ArrayLike<number>): void {
    checkValues(this, values);
    this.#view.set(values);
  }

  async read(): Promise<Float32Array> {
    return this.#view.slice();
  }

  copyFrom(other: Storage): void {
    this.write(this.#neighbour(other).#view);
  }

  swap(other: Storage): void {
    const [a, b] = [this.#view, this.#neighbour(other).#view];
    checkValues(this, b);
    const part = new Float32Array(Math.min(SWAPPED_AT_ONCE, a.length));
    for (let from = 0; from < a.length; from += SWAPPED_AT_ONCE) {
      const to = Math.min(from + SWAPPED_AT_ONCE, a.length);
      part.set(a.subarray(from, to));
      a.set(b.subarray(from, to), from);
      b.set(part.subarray(0, to - from), from);
    }
  }

  fill(value: number): void {
    this.#view.fill(value);
  }

  slice(start: number, length: number): WasmStorage {
    return new WasmStorage(this.owner, this.#block, this.#start + start, length);
  }

  free(): void {
    this.assertLive();
    invariant(this.#start === 0, 'a part of a storage cannot be freed by itself');
    this.owner.free(this.#block);
  }

  get identity(): string {
    return `${this.address}`;
  }

  /** Calls `action` when the memory is freed. */
  onFree(action: () => void): void {
    this.#block.onFree.push(action);
  }

  get #view(): Float32Array {
    return this.owner.view(this.address, this.length);
  }

  #neighbour(other: Storage): WasmStorage {
    invariant(other instanceof WasmStorage && other.owner === this.owner, 'storage of another backend');
    return other;
  }
}
