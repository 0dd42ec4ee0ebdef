/**
 * Reads memory of the device. A copy is made in the order of the calls, and mapped when it is done; copies that are
 * asked for in one go are mapped together. The buffers for it are kept: creating them in each step would leak.
 */
import { roundUp } from '../../base/multiples.js';
import { type Buffers, FLOAT, USAGE, WINDOW } from './buffers.js';

/** `GPUMapMode.READ`, which not every implementation has among its globals. */
const MAP_READ = 1;

/** Copies to be mapped together are gathered in a buffer of at least so many bytes. */
const SMALLEST = 1 << 16;

/** Buffers of together so many bytes are kept: all those of a step of training, however many micro-batches it has. */
const KEPT = 1 << 26;

interface Pending {
  readonly offset: number;
  readonly bytes: number;
  resolve(values: Float32Array): void;
  reject(error: unknown): void;
}

/** @throws Error where the buffer cannot be mapped, which is the case when the device is gone */
async function mapped(buffer: GPUBuffer): Promise<void> {
  try {
    await buffer.mapAsync(MAP_READ);
  } catch (error) {
    throw new Error(`internal: WebGPU: a result cannot be read: ${(error as Error).name}`);
  }
}

export class Readback {
  readonly #buffers: Buffers;
  readonly #idle: GPUBuffer[] = [];
  #gathering: { readonly buffer: GPUBuffer; used: number; readonly pending: Pending[] } | undefined;

  constructor(buffers: Buffers) {
    this.#buffers = buffers;
  }

  /** Copies `length` elements of a buffer, from the one at `start`, as they are at this moment. */
  read(source: GPUBuffer, start: number, length: number): Promise<Float32Array> {
    const bytes = length * FLOAT;
    if (this.#gathering && this.#gathering.used + bytes > this.#gathering.buffer.size) this.#flush();
    if (!this.#gathering) {
      this.#gathering = { buffer: this.#take(bytes), used: 0, pending: [] };
      queueMicrotask(() => this.#flush());
    }
    const { device } = this.#buffers;
    const gathering = this.#gathering;
    const offset = gathering.used;
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, start * FLOAT, gathering.buffer, offset, bytes);
    device.queue.submit([encoder.finish()]);
    // A mapped range begins at a multiple of eight bytes.
    gathering.used = roundUp(offset + bytes, 8);
    return new Promise((resolve, reject) => gathering.pending.push({ offset, bytes, resolve, reject }));
  }

  #flush(): void {
    if (!this.#gathering) return;
    const { buffer, pending } = this.#gathering;
    this.#gathering = undefined;
    void this.#answer(buffer, pending);
  }

  async #answer(buffer: GPUBuffer, pending: readonly Pending[]): Promise<void> {
    try {
      await mapped(buffer);
      // Only now is it known whether there was room for what was read.
      await this.#buffers.settled();
      for (const { offset, bytes, resolve } of pending) {
        resolve(new Float32Array(buffer.getMappedRange(offset, bytes).slice(0)));
      }
      buffer.unmap();
      this.#keep(buffer);
    } catch (error) {
      for (const { reject } of pending) reject(error);
    }
  }

  /** A buffer of at least so many bytes that nobody uses: the smallest, so that large ones are left for large results. */
  #take(bytes: number): GPUBuffer {
    const fitting = this.#idle.findIndex(({ size }) => size >= bytes);
    if (fitting >= 0) return this.#idle.splice(fitting, 1)[0]!;
    const size = Math.max(SMALLEST, roundUp(bytes, WINDOW));
    return this.#buffers.create(size, USAGE.mapRead | USAGE.copyTarget, 'reading a result');
  }

  /** Keeps a buffer for further reads; where they are too many, the largest go. */
  #keep(buffer: GPUBuffer): void {
    this.#idle.push(buffer);
    this.#idle.sort((a, b) => a.size - b.size);
    const bytes = () => this.#idle.reduce((sum, { size }) => sum + size, 0);
    while (bytes() > KEPT) this.#buffers.destroy(this.#idle.pop()!);
  }
}
