/**
 * Allocates the buffers of a device. Whether there is room for one is only known afterwards, so each is created under
 * an error scope; nobody may be answered before `settled`.
 */
import { InputError } from '../../base/errors.js';
import { memorySize } from '../../base/quantities.js';
import type { Timeline } from './timeline.js';

/** How buffers are used: the constants of WebGPU, which not every implementation has among its globals. */
export const USAGE = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, uniform: 0x40, storage: 0x80 } as const;

/** What to do about memory that does not suffice. */
export const LESS = 'take smaller images, a smaller micro-batch or the wasm backend';

/** Bytes of an element. */
export const FLOAT = 4;

/** Windows of buffers that are bound begin at multiples of this many bytes on every device, */
export const WINDOW = 256;
/** and of this many elements. */
export const ALIGNMENT = WINDOW / FLOAT;

/** Buffers that shaders use, and values are copied to and from. */
export const STORAGE = USAGE.storage | USAGE.copySource | USAGE.copyTarget;

export class Buffers {
  /** How many bytes are allocated now. */
  bytes = 0;
  readonly #scopes = new Set<Promise<void>>();

  constructor(
    readonly device: GPUDevice,
    readonly timeline: Timeline,
  ) {}

  /**
   * Allocates a zero-filled buffer.
   * @param purpose what it is for, in words for the user
   * @throws InputError where it is larger than the device's buffers can be, or the error by which the device has failed
   */
  create(bytes: number, usage: GPUBufferUsageFlags, purpose: string): GPUBuffer {
    this.timeline.check();
    const { maxBufferSize } = this.device.limits;
    const need = `webgpu: ${purpose} needs ${memorySize(bytes)}`;
    if (bytes > maxBufferSize) {
      throw new InputError(`${need}, and a buffer of this device has at most ${memorySize(maxBufferSize)}; ${LESS}`);
    }
    this.device.pushErrorScope('out-of-memory');
    const buffer = this.device.createBuffer({ size: bytes, usage });
    const before = memorySize(this.bytes);
    const fail = () => {
      this.timeline.fail(new InputError(`${need} beside ${before} in use, and the GPU has no more; ${LESS}`));
    };
    // A device that is lost may have no answer; the loss is told elsewhere.
    const answer = this.device.popErrorScope().catch(() => null);
    const scope = answer.then((error) => {
      this.#scopes.delete(scope);
      if (error) fail();
    });
    this.#scopes.add(scope);
    this.bytes += bytes;
    return buffer;
  }

  /** Gives a buffer back, once what was submitted is done with it. */
  destroy(buffer: GPUBuffer): void {
    this.bytes -= buffer.size;
    buffer.destroy();
  }

  /** Resolves when it is known of all buffers whether there was room for them. */
  async settled(): Promise<void> {
    await Promise.all(this.#scopes);
  }
}
