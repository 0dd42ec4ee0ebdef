/**
 * The one linear memory of a backend. TypeScript owns it: kernels get addresses and allocate nothing. Persistent
 * storages and arenas, where programs compute, come one after the other: one arena for each context, which all programs
 * of that context share.
 */
import { InputError, invariant } from '../../base/errors.js';
import { checkValues, type Storage } from '../backend.js';

const PAGE = 65536;
/** As the shared builds declare it (asconfig.json). */
const MOST_PAGES = 65536;
/** Bytes that can be had at most. */
export const LIMIT = 4 * 2 ** 30 - PAGE;
const FLOAT = 4;
/** Elements: what the processor's cache holds with ease. */
const SWAPPED_AT_ONCE = 4096;

export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  /** Address 0 stays unused, so that a forgotten address is seen. */
  #top = 64;
  readonly #arenas = new Map<number, { readonly address: number; readonly bytes: number }>();

  /** @param shared by several threads, each with an instance of its own: for the shared builds */
  constructor(shared = false) {
    try {
      this.memory = new WebAssembly.Memory(shared ? { initial: 1, maximum: MOST_PAGES, shared } : { initial: 1 });
    } catch (error) {
      throw new InputError(
        `memory: WebAssembly cannot reserve its address space (${(error as Error).message}), about 10 GB whether used or ` +
          'not; lift the limit on it (ulimit -v unlimited), or close backends that are no longer needed',
      );
    }
  }

  /** The address of the arena of a context. */
  arena(context: number): number {
    return this.#arenas.get(context)?.address ?? 0;
  }

  /** A view of `length` elements at `address`; it does not survive growth. */
  view(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  /** Zero-filled memory that stays. */
  allocate(length: number): WasmStorage {
    const address = this.#reserve(length * FLOAT);
    return new WasmStorage(this, address, length);
  }

  /** Makes the arena of a context hold `length` elements. Its address may change; its content is lost. */
  ensureArena(context: number, length: number): void {
    const bytes = length * FLOAT;
    const arena = this.#arenas.get(context) ?? { address: this.#top, bytes: 0 };
    if (bytes <= arena.bytes) return;
    const last = arena.address + arena.bytes === this.#top;
    const address = this.#reserve(bytes, last ? arena.address : this.#top);
    this.#arenas.set(context, { address, bytes: roundUp(bytes) });
  }

  /** Takes `bytes` from `address` on; nothing changes where they cannot be had. */
  #reserve(bytes: number, address = this.#top): number {
    const end = address + roundUp(bytes);
    if (end > LIMIT) throw tooLarge(end);
    const missing = Math.ceil(end / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (missing > 0) {
      try {
        this.memory.grow(missing);
      } catch {
        throw tooLarge(end);
      }
    }
    this.#top = end;
    return address;
  }
}

export class WasmStorage implements Storage {
  constructor(
    readonly owner: LinearMemory,
    /** In bytes. */
    readonly address: number,
    readonly length: number,
  ) {}

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
    return new WasmStorage(this.owner, this.address + start * FLOAT, length);
  }

  get #view(): Float32Array {
    return this.owner.view(this.address, this.length);
  }

  #neighbour(other: Storage): WasmStorage {
    invariant(other instanceof WasmStorage && other.owner === this.owner, 'storage of another backend');
    return other;
  }
}

/** Elements that a storage of `length` takes. */
export function allocatedLength(length: number): number {
  return roundUp(length * FLOAT) / FLOAT;
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

function tooLarge(bytes: number): InputError {
  const gigabytes = (bytes / 2 ** 30).toFixed(1);
  return new InputError(
    `memory: needs ${gigabytes} GB, more than can be had (WebAssembly holds at most 4.0 GB); lower the image size, the filters, the micro-batch or the number of workers`,
  );
}
