/** `export --format torch`: the weights with PyTorch's names and layouts, their network and a prediction in Python. */
import { modelPy } from '../../export/torch/network.js';
import { leftOut, predictPy } from '../../export/torch/prediction.js';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.js';
import { exportTensors, importTorch } from '../../model/torch.js';
import { largestDifference } from './check.js';
import type { Exporter } from './exporter.js';

const WEIGHTS = 'weights.safetensors';

export const torch: Exporter = {
  help: "a folder with PyTorch's weights, its network and a prediction in Python",
  target: 'folder',
  takes: [],
  async export(model, { image }) {
    const weights = await writeSafetensors(await exportTensors(model.parameters));
    const { tensors } = await readSafetensors(weights, WEIGHTS);
    const { backend, config } = model;
    const back = importTorch(tensors, config, { backend, file: WEIGHTS });
    back.adopt(model.card);
    const maxDifference = largestDifference(await model.predict(image), await back.predict(image));
    back.free();
    return {
      files: [
        { name: WEIGHTS, content: weights },
        { name: 'model.py', content: modelPy(config) },
        { name: 'predict.py', content: predictPy(model) },
      ],
      maxDifference,
      remarks: leftOut(model),
    };
  },
};
