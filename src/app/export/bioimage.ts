/** `export --format bioimage`: a package for BioImage.IO's programs, a zip archive. */
import { invariant } from '../../base/errors.js';
import { type Package, readPackage } from '../../export/bioimage/check.js';
import type { About } from '../../export/bioimage/describe.js';
import { BIOIMAGE_PACKAGE, bioimagePackage } from '../../export/bioimage/package.js';
import { packageSizes, sizeAround } from '../../export/bioimage/sizes.js';
import { runSteps } from '../../export/bioimage/steps.js';
import { exportOnnx } from '../../export/onnx/onnx.js';
import { normalise } from '../../image/normalise.js';
import { fromPlanes } from '../../image/pack.js';
import { importOnnx } from '../../import/onnx/import-onnx.js';
import type { Prediction } from '../../infer/prediction.js';
import type { Model } from '../../model/model.js';
import { largestDifference } from './check.js';
import type { Exporter } from './exporter.js';

/** How far the answers of other programs may be from the test tensors. */
const TOLERANCE = 1e-3;

export const bioimage: Exporter = {
  help: "a zip archive for BioImage.IO's programs, with ONNX weights",
  target: BIOIMAGE_PACKAGE,
  takes: ['size', 'name', 'description', 'author', 'license'],
  sizeAround: ({ config }, size, fixed) => sizeAround(size, packageSizes(config, fixed)),
  async export(model, { file, givenSize, image, about = {} }) {
    const sizes = packageSizes(model.config, givenSize);
    const weights = await exportOnnx(model, { size: givenSize });
    const prepared = normalise(image, model.card.preprocessing.normalisation);
    const [prediction] = await model.probabilities([prepared], 'accurate');
    const content = await bioimagePackage(model, weights, { file, about, sizes, image, prediction: prediction! });
    const answer = await answerOf(await readPackage(content, file), model);
    const maxDifference = largestDifference(answer, prediction!);
    invariant(maxDifference <= TOLERANCE, `the package answers otherwise than the model, by ${maxDifference}`);
    return { files: [{ name: 'package.zip', content }], maxDifference, remarks: remarksOn(about) };
  },
};

/** What the weights of a package say of its test image, brought to them by the steps of its description. */
async function answerOf({ description, files, input }: Package, { backend }: Model): Promise<Prediction> {
  const { source } = description.weights.onnx;
  const model = importOnnx(files.get(source)!, { backend, file: source });
  const [, , height, width] = input.shape as [number, number, number, number];
  const planes = Float32Array.from(runSteps(input.data, description.inputs[0]!.preprocessing));
  const [answer] = await model.probabilities([fromPlanes(planes, { width, height })], 'accurate');
  model.free();
  return answer!;
}

/** What collections of models ask for and the model file does not know. */
function remarksOn({ authors, license }: About): string[] {
  const missing = [
    ...(authors ? [] : ['author (--author)']),
    ...(license === undefined ? ['licence (--license)'] : []),
  ];
  return missing.length === 0 ? [] : [`it names no ${missing.join(' and no ')}, which collections of models ask for`];
}
