/** Small models for exports to the edge, and their exports. */

import { testImage } from '../../../src/app/export/check.js';
import { edge } from '../../../src/app/export/edge.js';
import type { ExportRequest } from '../../../src/app/export/exporter.js';
import type { Backend } from '../../../src/backend/backend.js';
import { Random, seedKey } from '../../../src/base/random.js';
import type { Size } from '../../../src/image/frame.js';
import { createModel, type Model } from '../../../src/model/model.js';
import type { ModelConfig } from '../../../src/network/config.js';
import { normal, positive } from '../../../src/selftest/samples.js';
import { wasmBackend } from '../backend/backends.js';

/** A model with random parameters, biases and running statistics included, of a size that no sigmoid saturates at. */
export function edgeModel(fields: Partial<ModelConfig>, backend: Backend = wasmBackend()): Model {
  const model = createModel(fields, { backend });
  const random = new Random(seedKey(1));
  const values = model.parameters.list.map(({ name, kind, shape, fanIn }) => {
    const sample = kind === 'runningVariance' ? positive(shape) : normal(shape);
    const scale = shape.length === 4 ? Math.sqrt(2 / fanIn) : 0.5;
    return [name, Float32Array.from(sample(random).data, (x) => scale * x)] as const;
  });
  model.parameters.load(new Map(values));
  return model;
}

/** The files of an export by their names, with the rest of what it says. */
export async function exportEdge(model: Model, size: Size, weights: ExportRequest['weights'] = 'f32') {
  const image = testImage(size, model.config.inChannels);
  const { files, ...rest } = await edge.export(model, { file: 'model.safetensors', size, weights, image });
  return { ...rest, files: new Map(files.map(({ name, content }) => [name, content as Uint8Array])) };
}
