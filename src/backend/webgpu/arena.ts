/**
 * The working memory of programs: tensors live in it by the offsets of the plan. It is cut into pages, a buffer each, as
 * one buffer does not hold it all; no tensor lies on two of them.
 */
import { roundUp } from '../../base/multiples.js';
import { ALIGNMENT, type Buffers, FLOAT, STORAGE, WINDOW } from './buffers.js';

export class Arena {
  /** The elements of a page. */
  readonly page: number;
  /** Changes whenever buffers are replaced, so that programs bind them anew. */
  version = 0;
  readonly #buffers: Buffers;
  readonly #pages: GPUBuffer[] = [];
  /** The elements that the programs need, one of them each. */
  readonly #lengths: number[] = [];

  constructor(buffers: Buffers) {
    this.#buffers = buffers;
    this.page = Math.floor(buffers.device.limits.maxBufferSize / WINDOW) * ALIGNMENT;
  }

  /** Makes room for a program of so many elements; called once for each, as is `leave`. */
  enter(length: number): void {
    this.#lengths.push(length);
    this.#grow(length);
  }

  /** Gives memory back after a program, where the others need less than half of what there is. */
  leave(length: number): void {
    this.#lengths.splice(this.#lengths.indexOf(length), 1);
    const needed = Math.max(0, ...this.#lengths);
    const bytes = this.#pages.reduce((sum, { size }) => sum + size, 0);
    if (2 * needed * FLOAT > bytes) return;
    for (const page of this.#pages.splice(0)) this.#buffers.destroy(page);
    this.version++;
    if (!this.#buffers.timeline.failed) this.#grow(needed);
  }

  #grow(length: number): void {
    for (let k = 0; k * this.page < length; k++) {
      const bytes = roundUp(Math.min(this.page, length - k * this.page) * FLOAT, WINDOW);
      const old = this.#pages[k];
      if (old && old.size >= bytes) continue;
      if (old) this.#buffers.destroy(old);
      this.#pages[k] = this.#buffers.create(bytes, STORAGE, 'the working memory');
      this.version++;
    }
  }

  /** Where the element at `offset` lies: a buffer, and the element of it. */
  locate(offset: number): { readonly buffer: GPUBuffer; readonly start: number } {
    const k = Math.floor(offset / this.page);
    return { buffer: this.#pages[k]!, start: offset - k * this.page };
  }
}
