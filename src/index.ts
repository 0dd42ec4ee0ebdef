/** The library in Node: the core, files, data folders, and the WebAssembly backend as the default. */

export { type BackendName, backends, type Threads } from './backend/names.js';
export * from './core.js';
export { createBackend } from './platform/node/backends.js';
export { openDataset } from './platform/node/data.js';
export { openImageFile, readImage } from './platform/node/files/read-image.js';
// In place of the core's: models that can be saved, on a backend of their own where none is given.
export {
  createModel,
  decodeModel,
  importOnnx,
  importTorch,
  type LoadOptions,
  loadModel,
  Model,
  prune,
  saveModel,
} from './platform/node/model.js';
export { CheckpointFiles, type FoundCheckpoint } from './platform/node/runs/checkpoint-files.js';
export type { WasmOptions } from './platform/node/wasm/backend.js';
export type { WebGpuOptions } from './platform/node/webgpu/backend.js';
