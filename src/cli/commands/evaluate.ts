/** `unetpp evaluate`: metrics of a model on labelled images, and the threshold that suits them. */
import { Option } from 'commander';
import { imagesCsv, reportFiles, SCORES_CSV, worstSheet, writeReport } from '../../app/evaluate-files.js';
import { BATCH, type LabelledOptions, labelledCommand, openLabelled } from '../../app/evaluation-data.js';
import { type ForceOption, forceOption, outputsOf } from '../../app/outputs.js';
import { saveUnchanged } from '../../app/save-unchanged.js';
import { InputError } from '../../base/errors.js';
import { type ChooseThresholdOptions, chooseThresholds, thresholdsOf } from '../../evaluate/choose-threshold.js';
import { evaluate as evaluateModel } from '../../evaluate/evaluate.js';
import type { Spacing } from '../../image/distance.js';
import { createBackend, type Threads } from '../../index.js';
import { trainedLoss } from '../../loss/loss.js';
import type { Model } from '../../model/model.js';
import { decodeModel } from '../../model/modelfile.js';
import { resolveMode } from '../../model/recommendation.js';
import { readFileChecked } from '../../platform/node/files/atomic.js';
import { between, MODES, path, spacing, threads, whole } from '../options/parsers.js';
import { type CommonOptions, report } from '../program.js';
import { objectiveText, thresholdsText } from '../tables/describe.js';
import { evaluationTable, worstImages } from '../tables/evaluate-table.js';
import { ProgressBar } from '../terminal/progress.js';

interface EvaluateCommandOptions extends CommonOptions, ForceOption, LabelledOptions {
  readonly mode: string;
  readonly threshold?: number;
  readonly threads: Threads;
  readonly relaxed?: boolean;
  readonly spacing?: Spacing;
  readonly worst: number;
  readonly csv?: string;
  readonly report?: string;
  readonly chooseThreshold?: NonNullable<ChooseThresholdOptions['score']>;
  readonly save?: boolean;
}

export const evaluate = labelledCommand(
  'evaluate',
  'Measure a model on images and masks: Dice, IoU, precision, sensitivity, specificity and surface distances, in a mode and of every head.',
  'unetpp evaluate --model runs/my-scans/model.safetensors --data my-scans --report worst-cases',
)
  .option('--mode <mode>', MODES, 'accurate')
  .option(
    '--threshold <p>',
    'probability above which a pixel is foreground (default: those of the model)',
    between(0, 1),
  )
  .option('--threads <n>', 'how many compute together; auto: one for each core', threads, 'auto')
  .option('--relaxed', 'fused multiply-adds: faster, but not the same bits on every machine')
  .optionsGroup('Results:')
  .option('--spacing <mm>', 'size of a pixel at --size, or row,column, for distances in mm (default: pixels)', spacing)
  .option('--worst <n>', 'how many of the worst images to list', whole(1, 100), 5)
  .option('--csv <file>', 'write the scores of each image', path)
  .option('--report <dir>', 'folder for worst.png, a picture of the worst images, and images.csv', path)
  .addOption(forceOption())
  .optionsGroup('Choosing a threshold:')
  .addOption(
    new Option(
      '--choose-threshold [score]',
      'first find the threshold of each head with the highest score on the validation images',
    )
      .choices(['dice', 'pooledDice'])
      .preset('dice'),
  )
  .option('--save', 'and store them in the model file, for predict and evaluate')
  .action(run);

async function run(options: EvaluateCommandOptions): Promise<void> {
  refuseContradictions(options);
  const outputs = outputsOf(options, { '--model': options.model, '--data': options.data });
  const reported = options.report === undefined ? undefined : await reportFiles(outputs, options.report);
  const scores = options.csv === undefined ? undefined : await outputs.file(options.csv, SCORES_CSV);
  const backend = createBackend('wasm', { threads: options.threads, relaxed: options.relaxed });
  const bytes = await readFileChecked(options.model);
  const model = await decodeModel(bytes, options.model, backend);
  const mode = resolveMode(options.mode, model);
  const dataset = await openLabelled(model, options);
  const { size } = dataset;
  const { subset, threshold, chooseThreshold: score, spacing = null } = options;
  const progress = new ProgressBar(options);
  const working = (label: string) => ({
    batch: BATCH,
    onProgress: (done: number, total: number) => progress.update(label, done, total, `${done} of ${total} images`),
  });
  const started = performance.now();
  const chosen = score && (await chooseThresholds(model, dataset, { ...working('thresholds'), score }));
  const outdated = model.card.recommendation !== undefined;
  // The recommendation was found with other thresholds.
  if (chosen) model.adopt({ ...model.card, thresholds: thresholdsOf(chosen), recommendation: undefined });
  const loss = trainedLoss(model);
  const objective = objectiveText(loss);
  const result = await evaluateModel(model, dataset, {
    ...working('evaluate'),
    loss,
    subset,
    mode,
    threshold,
    perImage: true,
    distances: true,
    ...(spacing && { spacing }),
  });
  const worst = worstImages(result.perImage!, options.worst);
  const unit = spacing ? 'mm' : 'px';
  const csv = imagesCsv(result, unit);
  const files: string[] = [];
  if (reported) {
    files.push(...(await writeReport(reported, csv, await worstSheet(model, dataset, result, worst, BATCH))));
  }
  if (scores) {
    await scores.write(csv);
    files.push(scores.path);
  }
  if (options.save) {
    await saveUnchanged(model, options.model, bytes);
    files.push(options.model);
  }
  progress.clear();
  const lines = evaluationTable(result, { subset, size, unit, objective, worst });
  if (chosen) lines.push('', ...choiceLines(model, options, outdated));
  if (files.length > 0) lines.push('', `written: ${files.join(', ')}`);
  report(options, lines, {
    ...result,
    subset,
    objective,
    size,
    spacing,
    distanceUnit: unit,
    worst: worst.map(({ image }) => image),
    chosen: chosen ? { score, saved: options.save ?? false, thresholds: chosen } : null,
    files,
    seconds: (performance.now() - started) / 1000,
    threads: model.backend.threads,
  });
}

/** @throws InputError */
function refuseContradictions({ chooseThreshold, subset, threshold, save }: EvaluateCommandOptions): void {
  if (save && !chooseThreshold) {
    throw new InputError('--save stores what --choose-threshold finds; give both, or leave --save out');
  }
  if (!chooseThreshold) return;
  if (subset !== 'validation') {
    throw new InputError(
      `--choose-threshold works on the validation images: those of "${subset}" could not judge a threshold that was chosen on them; leave --subset out`,
    );
  }
  if (threshold !== undefined) {
    throw new InputError(
      `--threshold ${threshold} and --choose-threshold contradict each other; leave one of them out`,
    );
  }
}

function choiceLines(
  model: Model,
  { chooseThreshold, save, model: file }: EvaluateCommandOptions,
  outdated: boolean,
): string[] {
  return [
    `thresholds of the highest ${chooseThreshold === 'dice' ? 'mean' : 'pooled'} Dice: ${thresholdsText(model)}`,
    save ? `stored in ${file}` : 'not stored; --save stores them in the model file',
    ...(save && outdated
      ? ['The recommended mode was found with other thresholds and is removed: compare again.']
      : []),
    'They were chosen on these images: judge them on others, --subset test.',
  ];
}
