/** `export --format onnx`: the network for ONNX Runtime and other programs, in one file. */
import { exportOnnx } from '../../export/onnx/onnx.js';
import { ONNX_FILE } from '../../formats/onnx/onnx-file.js';
import { importOnnx } from '../../import/onnx/import-onnx.js';
import { depthOf } from '../../network/config.js';
import { largestDifference } from './check.js';
import type { Exporter } from './exporter.js';

export const onnx: Exporter = {
  help: 'a file for ONNX Runtime and other programs',
  target: ONNX_FILE,
  takes: ['size', 'preprocessing'],
  async export(model, { givenSize, preprocessing = false, image }) {
    const content = await exportOnnx(model, { size: givenSize, preprocessing });
    const back = importOnnx(content, { backend: model.backend, file: 'network.onnx' });
    const { normalisation } = (preprocessing ? back : model).card.preprocessing;
    back.adopt({ ...model.card, preprocessing: { ...model.card.preprocessing, normalisation } });
    const maxDifference = largestDifference(await model.predict(image), await back.predict(image));
    back.free();
    const multiple = 2 ** depthOf(model.config);
    const sizes = givenSize
      ? `images of ${givenSize.width}x${givenSize.height}`
      : `images whose width and height are multiples of ${multiple}`;
    const values = preprocessing ? 'pixel values as they are' : `values normalised by ${normalisation}`;
    return { files: [{ name: 'network.onnx', content }], maxDifference, remarks: [`takes ${sizes}, ${values}`] };
  },
};
