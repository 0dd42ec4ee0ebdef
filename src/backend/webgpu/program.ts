/** Programs: the steps of a plan as dispatches, with their pipelines, bind groups and sizes made once. */
import { invariant } from '../../base/errors.js';
import type { Node, Tensor } from '../../graph/graph.js';
import type { Plan } from '../../graph/plan.js';
import { sizeOf } from '../../graph/shape.js';
import { checkLength, type Program, type Storage } from '../backend.js';
import type { Filters } from '../filters.js';
import { FLOAT, USAGE } from './buffers.js';
import type { Location, Machine } from './machine.js';
import type { Pipeline } from './pipelines.js';
import { type Place, type Stage, stagesOf } from './stages.js';
import { WebGpuStorage } from './storage.js';
import { packUniforms, type Range } from './uniforms.js';

/** So many dispatches are submitted at once: few enough that a page is drawn and no watchdog ends the device. */
const DISPATCHES_PER_SUBMIT = 50;

/** A stage with all that is needed to run it. */
interface Call extends Stage {
  readonly pipeline: Pipeline;
  readonly sizes: Range;
}

export class WebGpuProgram implements Program {
  readonly #calls: readonly Call[];
  readonly #sizes: GPUBuffer;
  #groups: readonly GPUBindGroup[] = [];
  /** The version of the arena that the groups belong to. */
  #version = -1;
  #ready = false;
  #freed = false;

  constructor(
    readonly plan: Plan,
    readonly bound: ReadonlyMap<Tensor, Storage>,
    /** The kept filters, by step. */
    readonly kept: ReadonlyMap<Node, Filters<WebGpuStorage> | undefined>,
    readonly machine: Machine,
  ) {
    const { device, buffers, pipelines, arena } = machine;
    const place = (tensor: Tensor) => this.#place(tensor);
    const stages = plan.steps.flatMap((node) => stagesOf(node, plan.workspaces.get(node) ?? 0, kept.get(node), place));
    const { bytes, ranges } = packUniforms(stages.map(({ dispatch }) => dispatch.uniforms));
    this.#calls = stages.map((stage, k) => ({ ...stage, pipeline: pipelines.get(stage.dispatch), sizes: ranges[k]! }));
    this.#sizes = buffers.create(bytes.byteLength, USAGE.uniform | USAGE.copyTarget, 'the sizes of a program');
    device.queue.writeBuffer(this.#sizes, 0, bytes);
    arena.enter(plan.length);
  }

  /** How many dispatches a run has, packing of filters included. */
  get dispatches(): number {
    return this.#calls.length;
  }

  /** How many pipelines they need. */
  get pipelines(): number {
    return new Set(this.#calls.map(({ pipeline }) => pipeline)).size;
  }

  /** Resolves when all pipelines are compiled. */
  async ready(): Promise<void> {
    await Promise.all(this.#calls.map(({ pipeline }) => pipeline.ready));
    this.#ready = true;
  }

  write(input: Tensor, values: ArrayLike<number>): void {
    checkLength(input, values.length);
    this.machine.write(this.#locate(input), values);
  }

  run(): void {
    this.#assertLive();
    const { timeline, device } = this.machine;
    if (!this.#ready) timeline.waitFor(this.ready());
    timeline.do(() => {
      this.#bind();
      const due = this.#calls.flatMap((call, k) => (call.due() ? [{ call, group: this.#groups[k]! }] : []));
      for (let from = 0; from < due.length; from += DISPATCHES_PER_SUBMIT) {
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass();
        for (const { call, group } of due.slice(from, from + DISPATCHES_PER_SUBMIT)) {
          pass.setPipeline(call.pipeline.compiled!);
          pass.setBindGroup(0, group);
          pass.dispatchWorkgroups(...call.dispatch.groups);
        }
        pass.end();
        device.queue.submit([encoder.finish()]);
      }
    });
  }

  async runAsync(): Promise<void> {
    this.run();
  }

  async read(output: Tensor): Promise<Float32Array> {
    return this.machine.read(this.#locate(output), sizeOf(output.shape));
  }

  free(): void {
    this.#assertLive();
    this.#freed = true;
    this.machine.destroy(this.#sizes);
    this.machine.timeline.finally(() => this.machine.arena.leave(this.plan.length));
  }

  #assertLive(): void {
    invariant(!this.#freed, 'a program is used that was freed');
  }

  /** Makes the bind groups; again after the arena has moved. */
  #bind(): void {
    const { device, arena, pipelines } = this.machine;
    if (this.#version === arena.version) return;
    this.#version = arena.version;
    const window = (place: Place): GPUBufferBinding => {
      const { buffer, start } = this.#location(place);
      return { buffer, offset: start * FLOAT, size: place.length * FLOAT };
    };
    this.#groups = this.#calls.map(({ places, sizes }) => {
      const storages = places.map((place, k) => ({
        binding: k + 1,
        resource: place ? window(place) : this.machine.scrap(k),
      }));
      return device.createBindGroup({
        layout: pipelines.layout(places.length),
        entries: [{ binding: 0, resource: { buffer: this.#sizes, ...sizes } }, ...storages],
      });
    });
  }

  #place(tensor: Tensor): Place {
    this.#assertLive();
    const length = sizeOf(tensor.shape);
    const storage = this.bound.get(tensor);
    if (storage) {
      invariant(storage instanceof WebGpuStorage && storage.machine === this.machine, 'storage of another backend');
      return { storage, start: storage.start, length };
    }
    const start = this.plan.offsets.get(tensor);
    invariant(start !== undefined, 'the tensor is not part of this program');
    return { storage: undefined, start, length };
  }

  #locate(tensor: Tensor): () => Location {
    const place = this.#place(tensor);
    return () => this.#location(place);
  }

  /** Where a place is until the arena moves. */
  #location({ storage, start }: Place): Location {
    return storage ? { buffer: storage.buffer, start } : this.machine.arena.locate(start);
  }
}
