/** The WebGPU backend: the same op set on a GPU. */
import { invariant } from '../../base/errors.js';
import type { Node, Tensor } from '../../graph/graph.js';
import { plan } from '../../graph/plan.js';
import {
  type Backend,
  type CompileOptions,
  checkLength,
  type ForecastOptions,
  type MemoryPlan,
  type Program,
  type Storage,
} from '../backend.js';
import { constantsOf, keptFilters, ownFiltersLength, PackedFilters } from '../filters.js';
import { ALIGNMENT } from './buffers.js';
import type { OpenDevice } from './device.js';
import { packings } from './kernels/index.js';
import { checkLimits } from './limits.js';
import { Machine } from './machine.js';
import { WebGpuProgram } from './program.js';
import { workspaceLength } from './stages.js';
import { WebGpuStorage } from './storage.js';

/**
 * A program, and what it takes of the GPU. It is declared apart from its class, whose declaration needs all types of
 * WebGPU, which few projects have.
 */
export interface GpuProgram extends Program {
  /** How many dispatches a run has, packing of filters included. */
  readonly dispatches: number;
  /** How many pipelines they need. */
  readonly pipelines: number;
  /** Resolves when all pipelines are compiled. */
  ready(): Promise<void>;
}

export class WebGpuBackend implements Backend {
  readonly name: string;
  readonly adapter: string;
  readonly threads = 1;
  readonly concurrentPrograms = 1;
  /** A device does not say how much it holds; each allocation is answered. */
  readonly memoryLimit = Number.POSITIVE_INFINITY;
  readonly alignment = ALIGNMENT;
  readonly #machine: Machine;
  readonly #filters: PackedFilters<WebGpuStorage>;

  /** Makes a backend on a device of its own: `openDevice` asks for one. */
  constructor({ device, adapter }: Pick<OpenDevice, 'device' | 'adapter'>) {
    this.name = `webgpu (${adapter})`;
    this.adapter = adapter;
    const machine = new Machine(device);
    this.#machine = machine;
    this.#filters = new PackedFilters(packings, (length) => WebGpuStorage.allocate(machine, length));
  }

  /** How many bytes of the GPU are allocated now. */
  get bytes(): number {
    return this.#machine.buffers.bytes;
  }

  /** How many pipelines its programs need together. */
  get pipelines(): number {
    return this.#machine.pipelines.count;
  }

  plan(outputs: readonly Tensor[], bound: ReadonlySet<Tensor>, options: ForecastOptions = {}): MemoryPlan {
    const constants = constantsOf(bound, options.constant);
    const workspace = (node: Node) => workspaceLength(node) + ownFiltersLength(packings, node, constants);
    const { arena, device } = this.#machine;
    const planned = plan(outputs, { bound, workspace, alignment: ALIGNMENT, page: arena.page });
    for (const node of planned.steps) checkLimits(node, workspace(node), device.limits);
    return { ...planned, kept: keptFilters(packings, planned.steps, constants) };
  }

  allocate(length: number): Storage {
    return WebGpuStorage.allocate(this.#machine, length);
  }

  /** Begins to compile the pipelines that are missing; runs wait for them. */
  compile(
    outputs: readonly Tensor[],
    bound: ReadonlyMap<Tensor, Storage> = new Map(),
    options: CompileOptions = {},
  ): GpuProgram {
    for (const [tensor, storage] of bound) checkLength(tensor, storage.length);
    const { constant = false, context = 0 } = options;
    invariant(context === 0, 'a GPU runs one program after the other');
    const planned = this.plan(outputs, new Set(bound.keys()), { constant });
    const constants = constantsOf(bound.keys(), constant);
    const kept = new Map(planned.steps.map((node) => [node, this.#filters.reserve(node, constants, bound)]));
    return new WebGpuProgram(planned, bound, kept, this.#machine);
  }

  weightsChanged(): void {
    this.#filters.weightsChanged();
  }

  close(): void {
    this.#machine.close();
  }
}
