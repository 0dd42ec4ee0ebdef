/** The pipelines of a device: compiled asynchronously, each once for all programs. */
import { invariant } from '../../base/errors.js';
import type { Dispatch } from './kernel.js';
import { shaders } from './shaders.js';

/** `GPUShaderStage.COMPUTE`, which not every implementation has among its globals. */
const COMPUTE = 4;

/** What a dispatch needs beside its buffers. */
export type Variant = Pick<Dispatch, 'shader' | 'entry' | 'constants'> & {
  readonly buffers: { readonly length: number };
};

export interface Pipeline {
  /** Resolves when it is compiled; rejects where that fails. */
  readonly ready: Promise<void>;
  /** Undefined until it is ready. */
  readonly compiled: GPUComputePipeline | undefined;
}

export class Pipelines {
  readonly #device: GPUDevice;
  readonly #modules = new Map<string, GPUShaderModule>();
  readonly #layouts = new Map<number, GPUBindGroupLayout>();
  readonly #pipelines = new Map<string, Pipeline>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** How many there are. */
  get count(): number {
    return this.#pipelines.size;
  }

  get(variant: Variant): Pipeline {
    const { shader, entry, constants = {}, buffers } = variant;
    const values = Object.entries(constants).map(([name, value]) => `${name}=${value}`);
    const key = [shader, entry, buffers.length, ...values].join(' ');
    const known = this.#pipelines.get(key);
    if (known) return known;
    const pipeline: { -readonly [K in keyof Pipeline]: Pipeline[K] } = {
      ready: Promise.resolve(),
      compiled: undefined,
    };
    pipeline.ready = this.#compile(variant).then(
      (compiled) => {
        pipeline.compiled = compiled;
      },
      (error: Error) => {
        throw new Error(`internal: shader ${key}: ${error.message}`);
      },
    );
    // Whoever uses it asks for it; a failure that nobody has asked for yet is no reason to end the process.
    pipeline.ready.catch(() => {});
    this.#pipelines.set(key, pipeline);
    return pipeline;
  }

  /** The layout of a dispatch: its sizes, and so many storage buffers. */
  layout(buffers: number): GPUBindGroupLayout {
    const known = this.#layouts.get(buffers);
    if (known) return known;
    const storages = Array.from({ length: buffers }, (_, k): GPUBindGroupLayoutEntry => {
      return { binding: k + 1, visibility: COMPUTE, buffer: { type: 'storage' } };
    });
    const sizes: GPUBindGroupLayoutEntry = { binding: 0, visibility: COMPUTE, buffer: { type: 'uniform' } };
    const layout = this.#device.createBindGroupLayout({ entries: [sizes, ...storages] });
    this.#layouts.set(buffers, layout);
    return layout;
  }

  #compile({ shader, entry, constants = {}, buffers }: Variant): Promise<GPUComputePipeline> {
    return this.#device.createComputePipelineAsync({
      layout: this.#device.createPipelineLayout({ bindGroupLayouts: [this.layout(buffers.length)] }),
      compute: { module: this.#module(shader), entryPoint: entry, constants: { ...constants } },
    });
  }

  #module(shader: string): GPUShaderModule {
    const known = this.#modules.get(shader);
    if (known) return known;
    const code = shaders[shader];
    invariant(code, `there is no shader ${shader}`);
    const module = this.#device.createShaderModule({ code, label: shader });
    this.#modules.set(shader, module);
    return module;
  }
}
