/**
 * The one linear memory of a backend. TypeScript owns it: kernels get addresses and allocate nothing. It holds storages,
 * and arenas, where programs compute: one for each context, which is common to all programs of that context and is freed
 * with the last of them. What is freed is used again; the memory itself never shrinks.
 */
import { InputError, invariant } from '../../base/errors.js';
import { roundUp } from '../../base/multiples.js';
import { FreeList, type Span } from './free-list.js';
import { type Block, WasmStorage } from './storage.js';

const PAGE = 65536;
/** The maximum that the shared builds declare (asconfig.json). */
const MOST_PAGES = 65536;
/** How many bytes are available at most. */
export const LIMIT = 4 * 2 ** 30 - PAGE;
/** The alignment in elements: everything begins on a cache line, 64 bytes. */
export const ALIGNMENT = 16;
const FLOAT = 4;

interface Arena extends Span {
  /** How many programs compute there. */
  readonly programs: number;
}

const NO_ARENA: Arena = { address: 0, bytes: 0, programs: 0 };

export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  /** Address 0 stays unused, so that a forgotten address shows. */
  #free = new FreeList(ALIGNMENT * FLOAT);
  /** The address from which memory has never been used, and is zero. */
  #used = ALIGNMENT * FLOAT;
  readonly #arenas = new Map<number, Arena>();

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

  /** A view of `length` elements at `address`; it does not survive growth. */
  view(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  /** Zero-filled memory that stays until it is freed. */
  allocate(length: number): WasmStorage {
    const before = this.#used;
    const block: Block = { ...this.#take(length * FLOAT), freed: false, onFree: [] };
    const { address, bytes } = block;
    if (address < before) this.view(address, Math.min(bytes, before - address) / FLOAT).fill(0);
    return new WasmStorage(this, block, 0, length);
  }

  free(block: Block): void {
    block.freed = true;
    this.#free.release(block);
    for (const action of block.onFree) action();
  }

  /** The address of the arena of a context. */
  arena(context: number): number {
    return this.#arenas.get(context)?.address ?? 0;
  }

  /**
   * Makes the arena of a context hold `length` elements, for one more program. Its address may change; its content is
   * lost.
   */
  enterArena(context: number, length: number): void {
    const arena = this.#arenas.get(context) ?? NO_ARENA;
    const larger = length * FLOAT > arena.bytes ? this.#take(length * FLOAT, arena) : arena;
    this.#arenas.set(context, { ...larger, programs: arena.programs + 1 });
  }

  /** Is called when a program of a context is freed. */
  leaveArena(context: number): void {
    const arena = this.#arenas.get(context);
    invariant(arena, `no program of context ${context} is left`);
    if (arena.programs > 1) {
      this.#arenas.set(context, { ...arena, programs: arena.programs - 1 });
      return;
    }
    this.#arenas.delete(context);
    this.#free.release(arena);
  }

  /** Takes memory, after freeing `old`; nothing changes where it is not available. */
  #take(bytes: number, old?: Span): Span {
    const free = this.#free.clone();
    if (old) free.release(old);
    const taken = roundUp(bytes, ALIGNMENT * FLOAT);
    const address = free.take(taken);
    this.#grow(free.end);
    this.#free = free;
    this.#used = Math.max(this.#used, free.end);
    return { address, bytes: taken };
  }

  #grow(end: number): void {
    if (end > LIMIT) throw tooLarge(end);
    const missing = Math.ceil(end / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (missing <= 0) return;
    try {
      this.memory.grow(missing);
    } catch {
      throw tooLarge(end);
    }
  }
}

function tooLarge(bytes: number): InputError {
  const gigabytes = (bytes / 2 ** 30).toFixed(1);
  return new InputError(
    `memory: needs ${gigabytes} GB, more than is available (WebAssembly holds at most 4.0 GB); lower the image size, the filters, the micro-batch or the number of workers`,
  );
}
