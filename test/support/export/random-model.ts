/** Models whose every number matters. */
import type { Backend } from '../../../src/backend/backend.js';
import { Random, seedKey } from '../../../src/base/random.js';
import { createModel, type Model } from '../../../src/model/model.js';
import type { ModelConfig } from '../../../src/network/config.js';
import { normal, positive } from '../../../src/selftest/samples.js';
import { wasmBackend } from '../backend/backends.js';

/** A model with random parameters, biases and running statistics included, of a size that no sigmoid saturates at. */
export function randomModel(fields: Partial<ModelConfig>, backend: Backend = wasmBackend()): Model {
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
