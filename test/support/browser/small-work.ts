/** Small pieces of work that are done in Node and in a page, to compare their bits. */
import { type Backend, createModel, trainModel, weightsSha256 } from '../../../src/core.js';
import { squares } from '../training/squares.js';

/** The probabilities of an image, computed again and again on one backend; the model's network is a small one. */
export async function probabilities(backend: Backend, times = 1): Promise<number[][]> {
  const model = createModel({ filters: [8, 16] }, { backend });
  const data = Uint8Array.from({ length: 48 * 48 }, (_, i) => (i * i) % 251);
  const found: number[][] = [];
  for (let k = 0; k < times; k++) {
    found.push([...(await model.predict({ width: 48, height: 48, channels: 1, data })).probs]);
  }
  return found;
}

/** The digest of the weights after a training of two epochs. */
export async function trainedWeights(backend: Backend): Promise<string> {
  const model = createModel({ filters: [8, 16] }, { backend });
  for await (const _ of trainModel(model, squares(), { epochs: 2, batch: 4, microBatch: 1, learningRate: 1e-3 }));
  return weightsSha256(model);
}
