/** `unetpp evaluate`: metrics of a model on labelled images, and the threshold that suits them. */
import { Option } from 'commander';
import { type EvaluateFilesOptions, evaluateFiles, type FilesEvaluation } from '../../app/evaluation/evaluate-files.js';
import { inferenceOptions } from '../../app/options/inference-options.js';
import { path, spacing, whole } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { withImages } from '../options/evaluation-options.js';
import { withModels } from '../options/model-options.js';
import { type CommonOptions, command, report } from '../program.js';
import { objectiveText, thresholdsText } from '../tables/describe.js';
import { evaluationTable } from '../tables/evaluate-table.js';
import { averagedText } from '../tables/words.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';

export const evaluate = withImages(
  withModels(
    command(
      'evaluate',
      'Measure a model, or the mean of several, on images and masks, at the own size of each image as predict writes masks: Dice, IoU, precision, sensitivity, specificity and surface distances, for one mode and every head.',
      'unetpp evaluate --model runs/my-scans/model.safetensors --data my-scans --report worst-cases',
    ).usage('--model FILE... --data DIR [options]'),
  ),
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
  const { evaluation, loss, tta, models, size, scoredAt, worst, chosen } = result;
  const { files, seconds, threads, backend, adapter } = result;
  const { subset, chooseThreshold: score, save: saved = false, spacing = null } = options;
  const objective = loss && objectiveText(loss);
  const averaged = averagedText(result);
  const lines = evaluationTable(evaluation, { subset, sizes: { size, scoredAt }, objective, averaged, worst });
  if (chosen) lines.push('', ...choiceLines(result, options));
  if (files.length > 0) lines.push('', `written: ${files.join(', ')}`);
  report(options, lines, {
    ...evaluation,
    ...(!loss && { loss: null }),
    subset,
    objective: objective ?? null,
    tta,
    models,
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

function choiceLines(model: FilesEvaluation, options: EvaluateFilesOptions): string[] {
  const { chooseThreshold, save } = options;
  return [
    `thresholds of the highest ${chooseThreshold === 'dice' ? 'mean' : 'pooled'} Dice: ${thresholdsText(model)}`,
    storedText(options),
    ...(save && model.outdated
      ? ['The recommended mode was found with other thresholds and is removed: compare again.']
      : []),
    'They were chosen on these images: judge them on others, --subset test.',
  ];
}

function storedText({ save, model: files }: EvaluateFilesOptions): string {
  if (files.length > 1) return 'not stored: it is that of the mean; predict takes it by --threshold';
  return save ? `stored in ${files[0]}` : 'not stored; --save stores them in the model file';
}
