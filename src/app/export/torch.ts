/** `export --format torch`: the weights with PyTorch's names and layouts. */
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.js';
import { exportTensors, importTorch } from '../../model/torch.js';
import { largestDifference } from './check.js';
import type { Exporter } from './exporter.js';

export const torch: Exporter = {
  target: 'folder',
  takes: [],
  async export(model, { image }) {
    const weights = await writeSafetensors(await exportTensors(model.parameters));
    const { tensors } = await readSafetensors(weights, 'weights.safetensors');
    const { backend, config } = model;
    const back = importTorch(tensors, config, { backend, file: 'weights.safetensors' });
    back.adopt(model.card);
    const maxDifference = await largestDifference(await model.predict(image), await back.predict(image));
    back.free();
    return { files: [{ name: 'weights.safetensors', content: weights }], maxDifference };
  },
};
