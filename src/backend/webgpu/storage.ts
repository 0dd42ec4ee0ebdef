/** Storages: buffers of their own, and parts of them. */
import { invariant } from '../../base/errors.js';
import { checkValues, type Storage } from '../backend.js';
import type { Weights } from '../filters.js';
import { FLOAT, STORAGE } from './buffers.js';
import type { Machine } from './machine.js';

/** A buffer that storages lie in. */
interface Block {
  /** Tells it from every other. */
  readonly number: number;
  readonly buffer: GPUBuffer;
  freed: boolean;
  /** Functions that are called when it is freed. */
  readonly onFree: (() => void)[];
}

let blocks = 0;

export class WebGpuStorage implements Weights {
  readonly #block: Block;

  /** @param start where it begins in the block, in elements */
  private constructor(
    readonly machine: Machine,
    block: Block,
    readonly start: number,
    readonly length: number,
  ) {
    this.#block = block;
  }

  static allocate(machine: Machine, length: number): WebGpuStorage {
    const buffer = machine.buffers.create(Math.max(length, 1) * FLOAT, STORAGE, `a memory of ${length} values`);
    return new WebGpuStorage(machine, { number: blocks++, buffer, freed: false, onFree: [] }, 0, length);
  }

  /** @throws Error where the storage was freed */
  get buffer(): GPUBuffer {
    invariant(!this.#block.freed, 'a storage is used that was freed');
    return this.#block.buffer;
  }

  write(values: ArrayLike<number>): void {
    checkValues(this, values);
    const { buffer, start } = this;
    this.machine.write(() => ({ buffer, start }), values);
  }

  async read(): Promise<Float32Array> {
    const { buffer, start } = this;
    return this.machine.read(() => ({ buffer, start }), this.length);
  }

  copyFrom(other: Storage): void {
    const source = this.#neighbour(other);
    if (source.buffer !== this.buffer) {
      const bytes = this.length * FLOAT;
      this.machine.submit((encoder) => {
        encoder.copyBufferToBuffer(source.buffer, source.#at(0), this.buffer, this.#at(0), bytes);
      });
      return;
    }
    this.#inParts((encoder, from, bytes) => {
      const { spare } = this.machine;
      encoder.copyBufferToBuffer(source.buffer, source.#at(from), spare, 0, bytes);
      encoder.copyBufferToBuffer(spare, 0, this.buffer, this.#at(from), bytes);
    });
  }

  swap(other: Storage): void {
    const that = this.#neighbour(other);
    this.#inParts((encoder, from, bytes) => {
      const { spare } = this.machine;
      const half = spare.size / 2;
      encoder.copyBufferToBuffer(this.buffer, this.#at(from), spare, 0, bytes);
      encoder.copyBufferToBuffer(that.buffer, that.#at(from), spare, half, bytes);
      encoder.copyBufferToBuffer(spare, 0, that.buffer, that.#at(from), bytes);
      encoder.copyBufferToBuffer(spare, half, this.buffer, this.#at(from), bytes);
    });
  }

  fill(value: number): void {
    this.write(new Float32Array(this.length).fill(value));
  }

  slice(start: number, length: number): WebGpuStorage {
    return new WebGpuStorage(this.machine, this.#block, this.start + start, length);
  }

  free(): void {
    const { buffer } = this;
    invariant(this.start === 0, 'a part of a storage cannot be freed by itself');
    for (const action of this.#block.onFree.splice(0)) action();
    this.#block.freed = true;
    this.machine.destroy(buffer);
  }

  get identity(): string {
    return `${this.#block.number} ${this.start}`;
  }

  /** Calls `action` when the memory is freed. */
  onFree(action: () => void): void {
    this.#block.onFree.push(action);
  }

  /** Where an element lies in the buffer, in bytes. */
  #at(element: number): number {
    return (this.start + element) * FLOAT;
  }

  /** Encodes copies through the spare buffer, part by part: a buffer cannot be copied to itself. */
  #inParts(encode: (encoder: GPUCommandEncoder, from: number, bytes: number) => void): void {
    const part = this.machine.spare.size / 2 / FLOAT;
    this.machine.submit((encoder) => {
      for (let from = 0; from < this.length; from += part) {
        encode(encoder, from, Math.min(part, this.length - from) * FLOAT);
      }
    });
  }

  #neighbour(other: Storage): WebGpuStorage {
    invariant(other instanceof WebGpuStorage && other.machine === this.machine, 'storage of another backend');
    checkValues(this, other);
    return other;
  }
}
