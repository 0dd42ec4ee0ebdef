/** Models in Node: on a WebAssembly backend unless another is given, read from files and written to them. */
import type { Backend } from '../../backend/backend.js';
import type { Threads } from '../../backend/names.js';
import type { StoredTensor } from '../../formats/safetensors.js';
import { importOnnx as importPortableOnnx } from '../../import/onnx/import-onnx.js';
import { type CreateModelOptions, createModel as createOn, Model as PortableModel } from '../../model/model.js';
import { decodeModel as decodePortable, encodeModel } from '../../model/modelfile.js';
import { prune as prunePortable } from '../../model/prune.js';
import { type ImportOptions, importTorch as importPortable } from '../../model/torch.js';
import type { ModelConfig } from '../../network/config.js';
import { createBackend } from './backends.js';
import { readFileChecked, writeFileAtomic } from './files/atomic.js';

/** A model with `save`: the model of `unetpp/core`, in Node. */
export class Model extends PortableModel {
  /**
   * Writes the model file, whole or not at all.
   * @throws InputError that names the path and the reason
   */
  save(path: string): Promise<void> {
    return saveModel(this, path);
  }
}

/** Makes a model of Node with the same parameters and card. */
function inNode({ config, parameters, card }: PortableModel): Model {
  return new Model(config, parameters, card);
}

/**
 * Makes a model with initial values, by default on a WebAssembly backend of its own.
 * @param config fields left out take the defaults of `defaultConfig`
 * @throws InputError for a field that is not allowed
 */
export function createModel(config: Partial<ModelConfig> = {}, options: Partial<CreateModelOptions> = {}): Model {
  return inNode(createOn(config, { backend: createBackend(), ...options }));
}

export interface LoadOptions {
  /** The backend that is to hold the model. Default: a WebAssembly backend of its own. */
  readonly backend?: Backend;
  /** How many threads of that backend predict one image together. Default: 'auto', one for each core. */
  readonly threads?: Threads;
}

/**
 * Loads a model from its file, or from the bytes of one.
 * @throws InputError that says what is wrong with the file
 */
export async function loadModel(source: string | Uint8Array, options: LoadOptions = {}): Promise<Model> {
  const backend = options.backend ?? createBackend('wasm', { threads: options.threads ?? 'auto' });
  if (typeof source !== 'string') return decodeModel(source, 'model', backend);
  return decodeModel(await readFileChecked(source), source, backend);
}

/**
 * Writes the model file, whole or not at all.
 * @throws InputError that names the path and the reason
 */
export async function saveModel(model: PortableModel, path: string): Promise<void> {
  await writeFileAtomic(path, await encodeModel(model));
}

/**
 * Decodes a model from the bytes of its file, all of which is checked.
 * @param file the name of the file, for errors
 * @throws InputError that says what was expected, what was found and what to do
 */
export async function decodeModel(bytes: Uint8Array, file: string, backend: Backend): Promise<Model> {
  return inNode(await decodePortable(bytes, file, backend));
}

/**
 * Makes a model of a PyTorch state dict with the names of pytorch-nested-unet; it predicts at each image's own size.
 * @param config what `parseConfig` takes; deepSupervision is read off the names where it is left out
 * @throws InputError that names the tensor or the field
 */
export function importTorch(
  tensors: ReadonlyMap<string, StoredTensor>,
  config: unknown,
  options: ImportOptions,
): Model {
  return inNode(importPortable(tensors, config, options));
}

/**
 * Makes a model of an ONNX file that a network of the family wrote: of `exportOnnx`, or of PyTorch's exporters. The model
 * has no size of its own. Where the file normalises images, the model does, too.
 * @param bytes must not change afterwards
 * @throws InputError that names the node that does not fit, or says where the file is damaged
 */
export function importOnnx(bytes: Uint8Array, options: ImportOptions): Model {
  return inNode(importPortableOnnx(bytes, options));
}

/**
 * Returns a smaller model whose output equals that of head `level`, bit for bit, with memory of its own on the same
 * backend.
 * @throws InputError for a level that has no head, or a network of one head, of which nothing can be left out
 */
export function prune(model: PortableModel, level: number): Model {
  return inNode(prunePortable(model, level));
}
