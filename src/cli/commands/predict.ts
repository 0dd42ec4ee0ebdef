/** `unetpp predict`: masks of images, at their own size. */

import { inferenceOptions } from '../../app/options/inference-options.js';
import { model, path } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { type PredictFilesOptions, predictFiles } from '../../app/prediction/predict-files.js';
import { grouped } from '../../base/quantities.js';
import { type CommonOptions, command, report } from '../program.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';

export const predict = command(
  'predict',
  'Segment an image or a folder of images: NAME.png (the mask: 0 and 255, or the class of each pixel where there are several) and NAME-overlay.png, at the size of the image.',
  'unetpp predict --model runs/phantom/model.safetensors --input scan.png --out masks',
)
  .usage('--model FILE --input IMAGE_OR_DIR --out DIR [options]')
  .requiredOption('--model <file>', 'model file, or the name of a model', model)
  .requiredOption('--input <path>', 'an image (PNG or .npy), or a folder of them', path)
  .requiredOption('--out <dir>', 'folder for the results; earlier results with the same names are replaced', path)
  .addTable(forceOptions)
  .addTable(inferenceOptions)
  .option('--save-probs', 'write NAME.npy too: float32 probabilities [classes, height, width]')
  .action(run);

async function run(options: CommonOptions & PredictFilesOptions): Promise<void> {
  const bar = new ProgressBar(options);
  const result = await predictFiles(options, terminalObserver(bar));
  bar.clear();
  const { images, mode, seconds } = result;
  const made = images === 1 ? '1 mask with overlay' : `${grouped(images)} masks with overlays`;
  report(options, [`${made} in ${options.out}, mode ${mode}, ${seconds.toFixed(1)} s`], result);
}
