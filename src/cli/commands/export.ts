/** `unetpp export`: a model for other programs. */
import { Option } from 'commander';
import { type ExportFileOptions, exportFile } from '../../app/export/export-file.js';
import { exportFormats } from '../../app/export/formats.js';
import { imageSize, model, path, text } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { memorySize } from '../../base/quantities.js';
import { weightFormats } from '../../model/weight-formats.js';
import { type CommonOptions, command, report } from '../program.js';

export const exportCommand = command(
  'export',
  'Write a model in a format of other programs. What was written is read back and run on a test image before the command ends, and the largest difference from the model is printed.',
  'unetpp export --model runs/my-scans/model.safetensors --format torch --out my-scans-torch',
)
  .usage('--model FILE --format FORMAT --out PATH [options]')
  .requiredOption('--model <file>', 'model file, or the name of a model', model)
  .addOption(
    new Option(
      '--format <name>',
      "torch: a folder with the weights in PyTorch's names and layouts; edge: a folder for one size of image that runs without unetpp, wherever there is WebAssembly; c: the same as a program in C, which `make` builds",
    )
      .choices(exportFormats)
      .makeOptionMandatory(),
  )
  .requiredOption('--out <path>', 'file or folder to write; a folder must be new or empty', path)
  .option(
    '--mode <mode>',
    'what is exported: accurate (mean of the heads), fast (deepest head), L1, L2, …; a single head is exported without what it does not need',
    text,
    'accurate',
  )
  .option(
    '--size <pixels>',
    'size that the export is fixed to, where the format fixes one: 128 or 160x96 (default: that of the model)',
    imageSize,
  )
  .addOption(
    new Option('--weights <type>', 'how weights are stored, where the format has a choice (default: f32)').choices(
      weightFormats,
    ),
  )
  .addTable(forceOptions)
  .action(run);

async function run(options: CommonOptions & ExportFileOptions): Promise<void> {
  const { files, maxDifference, image, remarks = [] } = await exportFile(options);
  const lines = [
    ...files.map(({ path, bytes }) => `${path}  ${memorySize(bytes)}`),
    `largest difference from the model on a test image of ${image.width}x${image.height}: ${maxDifference.toPrecision(2)}`,
    ...remarks,
  ];
  report(options, lines, { files, maxDifference, image, remarks });
}
