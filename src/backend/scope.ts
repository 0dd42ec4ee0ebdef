/** The storages and programs of one task on a backend, which are freed together when it is done. */

import type { Tensor } from '../graph/graph.js';
import type { Allocator, Backend, CompileOptions, Program, Storage } from './backend.js';

export class Scope implements Allocator {
  readonly #made: { free(): void }[] = [];

  constructor(readonly backend: Backend) {}

  allocate(length: number): Storage {
    return this.#keep(this.backend.allocate(length));
  }

  compile(outputs: readonly Tensor[], bound?: ReadonlyMap<Tensor, Storage>, options?: CompileOptions): Program {
    return this.#keep(this.backend.compile(outputs, bound, options));
  }

  /** Frees all storages and programs that were made here, the last first. */
  free(): void {
    for (const made of this.#made.splice(0).reverse()) made.free();
  }

  #keep<T extends { free(): void }>(made: T): T {
    this.#made.push(made);
    return made;
  }
}
