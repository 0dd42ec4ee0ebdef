/** `unetpp evaluate`: metrics of a model on labelled images, and the threshold and postprocessing that suit them. */
import { Option } from 'commander';
import { type EvaluateFilesOptions, evaluateFiles } from '../../app/evaluation/evaluate-files.js';
import { inferenceOptions } from '../../app/options/inference-options.js';
import { path, spacing, whole } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { postprocessingScores } from '../../evaluate/choose-postprocessing.js';
import { withImages } from '../options/evaluation-options.js';
import { withModels } from '../options/model-options.js';
import { type CommonOptions, command, report } from '../program.js';
import { choiceLines } from '../tables/choice-lines.js';
import { objectiveText } from '../tables/describe.js';
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
  .option(
    '--objects',
    'score single objects, too: how many are found (IoU above 0.5), precision, recall, F1 and panoptic quality; objects that touch in a mask count as one',
  )
  .option('--worst <n>', 'how many of the worst images to list', whole(1, 100), 5)
  .option('--csv <file>', 'write the scores of each image', path)
  .option(
    '--report <dir>',
    'folder for worst.png, a picture of the worst images, images.csv and, where patients are known, patients.csv',
    path,
  )
  .addTable(forceOptions)
  .optionsGroup('Choosing a threshold and a postprocessing:')
  .addOption(
    new Option(
      '--choose-threshold [score]',
      'first find the threshold of each head with the highest score on the validation images',
    )
      .choices(['dice', 'pooledDice'])
      .preset('dice'),
  )
  .addOption(
    new Option(
      '--choose-postprocessing [score]',
      'then find for each head which objects to remove and which holes to fill, on the validation images, and only what raises the score by more than 0.001; pq is the panoptic quality of objects',
    )
      .choices(postprocessingScores)
      .preset('dice'),
  )
  .option('--save', 'store both in the model file, for predict and evaluate')
  .action(run);

async function run(options: CommonOptions & EvaluateFilesOptions): Promise<void> {
  const bar = new ProgressBar(options);
  const result = await evaluateFiles(options, terminalObserver(bar));
  bar.clear();
  const { evaluation, loss, tta, models, size, scoredAt, classNames, worst, chosen, chosenPostprocessing } = result;
  const { files, seconds, threads, backend, adapter } = result;
  const { subset, chooseThreshold, choosePostprocessing, save: saved = false, spacing = null } = options;
  const objective = loss && objectiveText(loss);
  const averaged = averagedText(result);
  const sizes = { size, scoredAt };
  const lines = evaluationTable(evaluation, { subset, sizes, objective, averaged, classNames, worst });
  lines.push(...choiceLines(result, options));
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
    classNames: classNames ?? null,
    spacing,
    worst: worst.map(({ image }) => image),
    postprocessing: evaluation.postprocessing ?? null,
    chosen: chosen ? { score: chooseThreshold, saved, thresholds: chosen } : null,
    chosenPostprocessing: chosenPostprocessing
      ? { score: choosePostprocessing, saved, outputs: chosenPostprocessing }
      : null,
    files,
    seconds,
    threads,
    backend,
    adapter,
  });
}
