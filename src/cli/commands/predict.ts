/** `unetpp predict`: masks of images, at their own size. */
import { Option } from 'commander';
import { inferenceOptions } from '../../app/options/inference-options.js';
import { path, whole } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { type PredictFilesOptions, predictFiles } from '../../app/prediction/predict-files.js';
import { resultFormats } from '../../app/prediction/results.js';
import { grouped, plural } from '../../base/quantities.js';
import { withModels } from '../options/model-options.js';
import { type CommonOptions, command, report } from '../program.js';
import { postprocessingText } from '../tables/describe.js';
import { averagedText } from '../tables/words.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';

export const predict = withModels(
  command(
    'predict',
    'Segment an image or a folder of images: NAME.png (the mask: 0 and 255, or the class of each pixel where there are several) and NAME-overlay.png, at the size of the image.',
    'unetpp predict --model runs/phantom/model.safetensors --input scan.png --out masks',
  ).usage('--model FILE... --input IMAGE_OR_DIR --out DIR [options]'),
)
  .requiredOption('--input <path>', 'an image, or a folder of them', path)
  .option('--volume <n>', 'which volume of a file that holds several is read', whole(1))
  .requiredOption('--out <dir>', 'folder for the results; earlier results with the same names are replaced', path)
  .addTable(forceOptions)
  .addTable(inferenceOptions)
  .option(
    '--instances',
    'write NAME-labels.png too, 16 bits, in which each object has a number of its own, and NAME-objects.csv: area, centroid, box and mean probability of each; of a volume, NAME-labels in its format, and objects across slices',
  )
  .option(
    '--save-probs',
    'write the probabilities, too: NAME.npy, float32 [classes, height, width], or NAME-probs in the format of the masks where that is TIFF or NIfTI',
  )
  .addOption(
    new Option(
      '--format <name>',
      'format of the masks: same as the image where that keeps its geometry, else PNG; tiff and nifti keep what is known of it of any image, dicom needs a DICOM image',
    )
      .choices(resultFormats)
      .default('same'),
  )
  .action(run);

async function run(options: CommonOptions & PredictFilesOptions): Promise<void> {
  const bar = new ProgressBar(options);
  const result = await predictFiles(options, terminalObserver(bar));
  bar.clear();
  const { images, mode, seconds, objects, postprocessing } = result;
  const made = images === 1 ? '1 mask with overlay' : `${grouped(images)} masks with overlays`;
  const counted = objects === null ? '' : `, ${plural(objects, 'object')}`;
  const averaged = averagedText(result);
  const how = averaged ? `mode ${mode}, ${averaged}` : `mode ${mode}`;
  const lines = [
    `${made} in ${options.out}${counted}, ${how}, ${seconds.toFixed(1)} s`,
    ...(postprocessing ? [`postprocessing: ${postprocessingText(postprocessing)}`] : []),
  ];
  report(options, lines, result);
}
