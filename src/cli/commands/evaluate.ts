/** `unetpp evaluate`: metrics of a model on labelled images, and the threshold that suits them. */
import { Option } from 'commander';
import { type EvaluateFilesOptions, evaluateFiles, type FilesEvaluation } from '../../app/evaluation/evaluate-files.js';
import { inferenceOptions } from '../../app/options/inference-options.js';
import { path, spacing, whole } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { evaluationCommand } from '../options/evaluation-options.js';
import { type CommonOptions, report } from '../program.js';
import { objectiveText, thresholdsText } from '../tables/describe.js';
import { evaluationTable } from '../tables/evaluate-table.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';

export const evaluate = evaluationCommand(
  'evaluate',
  'Measure a model on images and masks, at the own size of each image as predict writes masks: Dice, IoU, precision, sensitivity, specificity and surface distances, for one mode and every head.',
  'unetpp evaluate --model runs/my-scans/model.safetensors --data my-scans --report worst-cases',
)
  .addTable(inferenceOptions)
  .optionsGroup('Results:')
  .option(
    '--spacing <mm>',
    'size of a pixel of the images, or row,column, for distances in mm (default: what they say, else pixels)',
    spacing,
  )
  .option('--worst <n>', 'how many of the worst images to list', whole(1, 100), 5)
  .option('--csv <file>', 'write the scores of each image', path)
  .option(
    '--report <dir>',
    'folder for worst.png, a picture of the worst images, images.csv and, where patients are known, patients.csv',
    path,
  )
  .addTable(forceOptions)
  .optionsGroup('Choosing a threshold:')
  .addOption(
    new Option(
      '--choose-threshold [score]',
      'first find the threshold of each head with the highest score on the validation images',
    )
      .choices(['dice', 'pooledDice'])
      .preset('dice'),
  )
  .option('--save', 'store these thresholds in the model file, for predict and evaluate')
  .action(run);

async function run(options: CommonOptions & EvaluateFilesOptions): Promise<void> {
  const bar = new ProgressBar(options);
  const result = await evaluateFiles(options, terminalObserver(bar));
  bar.clear();
  const { evaluation, loss, size, scoredAt, worst, chosen, files, seconds, threads, backend, adapter } = result;
  const { subset, chooseThreshold: score, save: saved = false, spacing = null } = options;
  const objective = objectiveText(loss);
  const lines = evaluationTable(evaluation, { subset, sizes: { size, scoredAt }, objective, worst });
  if (chosen) lines.push('', ...choiceLines(result, options));
  if (files.length > 0) lines.push('', `written: ${files.join(', ')}`);
  report(options, lines, {
    ...evaluation,
    subset,
    objective,
    size,
    scoredAt,
    spacing,
    worst: worst.map(({ image }) => image),
    chosen: chosen ? { score, saved, thresholds: chosen } : null,
    files,
    seconds,
    threads,
    backend,
    adapter,
  });
}

function choiceLines(model: FilesEvaluation, { chooseThreshold, save, model: file }: EvaluateFilesOptions): string[] {
  return [
    `thresholds of the highest ${chooseThreshold === 'dice' ? 'mean' : 'pooled'} Dice: ${thresholdsText(model)}`,
    save ? `stored in ${file}` : 'not stored; --save stores them in the model file',
    ...(save && model.outdated
      ? ['The recommended mode was found with other thresholds and is removed: compare again.']
      : []),
    'They were chosen on these images: judge them on others, --subset test.',
  ];
}
