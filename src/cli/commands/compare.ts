/** `unetpp compare`: scores and costs of each head of a model, and the smallest that suffices. */
import { Option } from 'commander';
import { type CompareFilesOptions, compareFiles } from '../../app/evaluation/compare-files.js';
import { computingOptions, tileOptions } from '../../app/options/inference-options.js';
import { between, model, whole } from '../../app/options/parsers.js';
import { recommendationScores } from '../../model/recommendation.js';
import { withImages } from '../options/evaluation-options.js';
import { type CommonOptions, command, report } from '../program.js';
import { comparisonTable, recommendationLines } from '../tables/compare-table.js';
import { computerText } from '../tables/describe.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';

export const compare = withImages(
  command(
    'compare',
    'Compare the heads of a model, each pruned to its own model, and their mean, on images and masks: scores, parameters, multiply-adds, time and memory. The cheapest mode within a tolerance of the best is recommended.',
    'unetpp compare --model runs/my-scans/model.safetensors --data my-scans --save',
  )
    .usage('--model FILE --data DIR [options]')
    .requiredOption('--model <file>', 'model file, or the name of a model', model),
)
  .option('--runs <n>', 'timed predictions of one image in each mode, in turns', whole(1, 10_000), 15)
  .addTable(tileOptions)
  .addTable(computingOptions)
  .optionsGroup('Recommendation:')
  .addOption(
    new Option('--score <name>', 'what is compared: means over the images, or all pixels counted together')
      .choices(recommendationScores)
      .default('dice'),
  )
  .option('--tolerance <t>', 'how far below the best score the recommended mode may lie', between(0, 1), 0.01)
  .option('--save', 'store it in the model file, for predict and evaluate with --mode auto')
  .action(run);

async function run(options: CommonOptions & CompareFilesOptions): Promise<void> {
  const bar = new ProgressBar(options);
  const result = await compareFiles(options, terminalObserver(bar));
  bar.clear();
  const { comparison, config, size, scoredAt, costSize, threads, seconds, backend, adapter } = result;
  const { images, rows, recommendation } = comparison;
  const { subset, runs, model: file, save: saved = false } = options;
  const lines = [
    ...comparisonTable(comparison, { subset, sizes: { size, scoredAt }, costSize, runs, on: computerText(result) }),
    '',
    ...recommendationLines(comparison, { config, file, subset, saved }),
  ];
  report(options, lines, {
    ...{
      images,
      subset,
      size,
      scoredAt,
      costSize,
      runs,
      threads,
      backend,
      adapter,
      rows,
      recommendation,
      saved,
      seconds,
    },
  });
}
