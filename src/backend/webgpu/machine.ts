/** A device with all that storages and programs of a backend have in common. */
import { InputError } from '../../base/errors.js';
import { Arena } from './arena.js';
import { Buffers, FLOAT, USAGE, WINDOW } from './buffers.js';
import { watchFaults } from './faults.js';
import { Pipelines } from './pipelines.js';
import { Readback } from './readback.js';
import { Timeline } from './timeline.js';

/** The bytes that are copied at once where a copy needs a buffer in between. */
const SPARE = 1 << 22;

/** The storage buffers of a dispatch at most, by the limits that every WebGPU has. */
const BINDINGS = 8;

/** An element of a buffer. */
export interface Location {
  readonly buffer: GPUBuffer;
  readonly start: number;
}

export class Machine {
  readonly timeline = new Timeline();
  readonly buffers: Buffers;
  readonly readback: Readback;
  readonly pipelines: Pipelines;
  readonly arena: Arena;
  #spare: GPUBuffer | undefined;
  /** Whether the device is lost or destroyed. */
  #gone = false;
  #scrap: GPUBuffer | undefined;

  constructor(readonly device: GPUDevice) {
    this.buffers = new Buffers(device, this.timeline);
    this.readback = new Readback(this.buffers);
    this.pipelines = new Pipelines(device);
    this.arena = new Arena(this.buffers);
    watchFaults(device, this.timeline, this.buffers);
    void device.lost.then(() => {
      this.#gone = true;
    });
  }

  /** Gives all memory back; whoever still waits for a result, or asks for one, is told of it. */
  close(): void {
    this.timeline.fail(new InputError('webgpu: this backend is closed; make another one'));
    // Dawn for Node ends the process, now and then, where a device is destroyed that is gone already.
    if (!this.#gone) this.device.destroy();
    this.#gone = true;
  }

  /** A buffer for copies that need one in between. */
  get spare(): GPUBuffer {
    this.#spare ??= this.buffers.create(SPARE, USAGE.copySource | USAGE.copyTarget, 'copying');
    return this.#spare;
  }

  /** What stands at storage buffer `k` where a shader does not use it: a window for each, as none is bound twice. */
  scrap(k: number): GPUBufferBinding {
    this.#scrap ??= this.buffers.create(BINDINGS * WINDOW, USAGE.storage, 'a binding');
    return { buffer: this.#scrap, offset: k * WINDOW, size: WINDOW };
  }

  /**
   * Writes values to a buffer.
   * @param locate says where, when it is their turn; the values are the caller's again when the call returns
   */
  write(locate: () => Location, values: ArrayLike<number>): void {
    // What is done at once needs no copy of its own.
    const own = values instanceof Float32Array && !this.timeline.holds ? values : Float32Array.from(values);
    this.timeline.do(() => {
      const { buffer, start } = locate();
      this.device.queue.writeBuffer(buffer, start * FLOAT, own.buffer, own.byteOffset, own.byteLength);
    });
  }

  /** Reads `length` elements of a buffer. @param locate says where, when it is their turn */
  read(locate: () => Location, length: number): Promise<Float32Array> {
    return this.timeline.ask(async () => {
      const { buffer, start } = locate();
      return length === 0 ? new Float32Array(0) : this.readback.read(buffer, start, length);
    });
  }

  /** Gives a buffer back when all that was asked for is done with it. */
  destroy(buffer: GPUBuffer): void {
    this.timeline.finally(() => this.buffers.destroy(buffer));
  }

  /** Encodes commands and submits them, in the order of the calls. */
  submit(encode: (encoder: GPUCommandEncoder) => void): void {
    this.timeline.do(() => {
      const encoder = this.device.createCommandEncoder();
      encode(encoder);
      this.device.queue.submit([encoder.finish()]);
    });
  }
}
