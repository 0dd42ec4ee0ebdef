/** The library in Node: the core, files, data folders, and the WebAssembly backend as the default. */
import type { Backend } from './backend/backend.js';
import { ReferenceBackend } from './backend/reference.js';
import { InputError } from './base/errors.js';
import { show } from './base/show.js';
import { type CreateModelOptions, createModel as createModelOn, Model } from './model/model.js';
import { decodeModel, encodeModel } from './model/modelfile.js';
import type { ModelConfig } from './network/config.js';
import { readFileChecked, writeFileAtomic } from './platform/node/files/atomic.js';
import type { Threads } from './platform/node/threads/team.js';
import { createWasmBackend, type WasmOptions } from './platform/node/wasm/backend.js';

export * from './core.js';
export { type Augmentation, type AugmentationName, augment, parseAugmentations } from './data/augment/augment.js';
export { type Dataset, type DatasetOptions, openDataset, type Sample } from './data/dataset.js';
export type { Origin } from './data/folder/format.js';
export { type SyntheticOptions, syntheticDataset } from './data/phantom/phantom.js';
export { drawFolds, splitOfFold } from './data/split/folds.js';
export type { DrawnSplit, SplitPlan, SplitUnit } from './data/split/plan.js';
export type { Split, Subset } from './data/split/split.js';
export { decodePng, encodePng } from './formats/png/png.js';
export { readPng } from './platform/node/files/read-png.js';
export { CheckpointFiles, type FoundCheckpoint } from './platform/node/runs/checkpoint-files.js';
export type { Threads } from './platform/node/threads/team.js';
export type { WasmOptions } from './platform/node/wasm/backend.js';

declare module './model/model.js' {
  interface Model {
    /**
     * Writes the model file, whole or not at all.
     * @throws InputError that names the path and the reason
     */
    save(path: string): Promise<void>;
  }
}

Model.prototype.save = async function save(this: Model, path: string): Promise<void> {
  await writeFileAtomic(path, await encodeModel(this));
};

export const backends = ['wasm', 'reference'] as const;
export type BackendName = (typeof backends)[number];

/**
 * A backend with memory of its own, which is given back with it.
 * @throws InputError for another name
 */
export function createBackend(name: BackendName = 'wasm', options: WasmOptions = {}): Backend {
  if (name === 'reference') return new ReferenceBackend();
  if (name !== 'wasm') throw new InputError(`backend ${show(name)}: expected one of ${backends.join(', ')}`);
  return createWasmBackend(options);
}

/**
 * A new model with initial values, by default on a WebAssembly backend of its own.
 * @param config fields left out take the defaults of `defaultConfig`
 * @throws InputError for a field that is not allowed
 */
export function createModel(config: Partial<ModelConfig> = {}, options: Partial<CreateModelOptions> = {}): Model {
  return createModelOn(config, { backend: createBackend(), ...options });
}

export interface LoadOptions {
  /** Default: a WebAssembly backend of its own. */
  readonly backend?: Backend;
  /** Of that backend: how many threads predict one image together. Default: 'auto', one for each core. */
  readonly threads?: Threads;
}

/**
 * A model from its file, or from the bytes of one.
 * @throws InputError that says what is wrong with the file
 */
export async function loadModel(source: string | Uint8Array, options: LoadOptions = {}): Promise<Model> {
  const backend = options.backend ?? createBackend('wasm', { threads: options.threads ?? 'auto' });
  if (typeof source !== 'string') return decodeModel(source, 'model', backend);
  return decodeModel(await readFileChecked(source), source, backend);
}
