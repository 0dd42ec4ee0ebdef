/** The lines of `unetpp train` before and after a training. */
import { basename, join, relative } from 'node:path';
import { lossOptions, type TrainCommandOptions } from '../../app/options/train-options.js';
import type { TrainingJob } from '../../app/training/job.js';
import type { TrainResult } from '../../app/training/result.js';
import type { TrainingOutcome } from '../../app/training/start-training.js';
import type { TestResult } from '../../app/training/test-images.js';
import { duration, grouped, memorySize, plural } from '../../base/quantities.js';
import { countParameters } from '../../network/parameters.js';
import { begunEpoch } from '../../train/checkpoint/resume.js';
import type { EpochState } from '../../train/loop/epoch-state.js';
import { diceText, networkText, objectiveText } from './describe.js';
import { evaluationTable } from './evaluate-table.js';
import { splitText } from './split-text.js';
import { channelsText, shellWord } from './words.js';

export function introduction({ dataset, model, options, memory, initial, resume }: TrainingJob): string {
  const { name, split, channels } = dataset;
  const { optimizer, learningRate, schedule, batch, epochs, augment, seed } = options;
  const images = `${plural(split.train.length, 'image')} to train on, ${split.validation.length} to validate on`;
  const tested = options.test ? `, ${split.test.length} to test on` : '';
  const drawn = splitText(dataset);
  const augmented = augment === 'none' ? '' : `, augmented by ${augment}`;
  return [
    ...(options.data === undefined ? ['no --data given: a demonstration on synthetic images'] : []),
    `data      ${name}: ${images}${tested}, ${samplesText(dataset)} ${channelsText(channels)}${augmented}`,
    ...(drawn === undefined ? [] : [`split     ${drawn}`]),
    `network   ${networkText(model.config)}, ${grouped(countParameters(model.parameters.list))} parameters`,
    ...(initial && !resume ? [`begins    with the weights of ${initial.file}`] : []),
    `training  ${plural(epochs, 'epoch')}, batch ${batch}, loss ${objectiveText(lossOptions(options))}, ${optimizer}, learning rate ${learningRate}${schedule === 'constant' ? '' : ` (${schedule})`}, seed ${seed}`,
    `machine   ${computerOf(model)}, ${memorySize(memory)} of memory`,
    ...(resume ? [`resumed   ${whereOf(begunEpoch(resume.checkpoint))}`] : []),
    '',
  ].join('\n');
}

/** Describes what the network is trained on: `128x128`, or `4 patches of 64x64 an image`. */
function samplesText({ sampler: { size, patches, preprocessing } }: TrainingJob['dataset']): string {
  const { fit, spacing } = preprocessing;
  const side = `${size}x${size}`;
  if (!patches) return fit === 'pad' ? `padded to ${side}` : side;
  const resampled = spacing === undefined ? '' : ` at ${spacing} mm a pixel`;
  return `${patches.perImage === 1 ? 'a patch' : `${patches.perImage} patches`} of ${side} an image${resampled}`;
}

function computerOf({ backend: { adapter, concurrentPrograms } }: TrainingJob['model']): string {
  return adapter === undefined ? plural(concurrentPrograms, 'worker') : `the GPU (${adapter})`;
}

/** Describes the result, and what to do with it. */
export function trainingLines(outcome: TrainingOutcome): string[] {
  const { result, options } = outcome;
  if (result.model === null) return ['stopped before the first step: nothing has been trained'];
  return [...closing(outcome), ...next(result.run, result.model, options.data)];
}

/** Returns the command that resumes a run. */
export function goOnWith({ run }: TrainResult): string {
  return `npx unetpp train --resume ${shellWord(run)}`;
}

/** Below this Dice a network has hardly learned anything: cross-entropy teaches it first to mark all as background. */
const NOTHING = 0.01;
const NOTHING_ADVICE =
  'The model hardly marks anything yet: train it for more epochs (--resume … --epochs N), or start again with --norm group, which learns faster from few images.';

function closing({ result, tested, options }: TrainingOutcome): string[] {
  const { run, model, epochs, bestEpoch, seconds, imagesPerSecond, validation, test, interrupted } = result;
  if (!validation) {
    return ['stopped in the first epoch: the weights up to then, which were never validated, are in', `  ${model}`];
  }
  const files = ['model.safetensors', 'predictions.png', 'curves.png', 'metrics.jsonl', 'config.json'];
  if (!interrupted) files.push('report.json');
  if (options.logSteps !== undefined) files.push('steps.jsonl');
  if (test) files.push('test.csv', 'test.png');
  return [
    `best      epoch ${bestEpoch} of ${epochs}: validation Dice ${diceText(validation)}`,
    ...(test ? [`test      Dice ${diceText(test)}`] : []),
    `time      ${duration(seconds)}, ${imagesPerSecond.toFixed(1)} images/s in training`,
    `files     ${run}: ${files.join(', ')}, checkpoint.safetensors`,
    ...(tested ? ['', ...testTable(tested, options)] : []),
    ...(validation.dice < NOTHING ? ['', NOTHING_ADVICE] : []),
  ];
}

/** Says how far a run has come: `at epoch 3`, or `in epoch 3, after 8 images`. */
export function whereOf({ epoch, steps, images }: EpochState): string {
  return steps === 0 ? `at epoch ${epoch}` : `in epoch ${epoch}, after ${plural(images, 'image')}`;
}

/** Makes the table of the best model's scores on the test images, head by head. */
function testTable({ evaluation, sizes, worst }: TestResult, options: TrainCommandOptions): string[] {
  const objective = objectiveText(lossOptions(options));
  return evaluationTable(evaluation, { subset: 'test', sizes, objective, worst });
}

/** Suggests what to do with the model. */
function next(run: string, model: string, data: string | undefined): string[] {
  return [
    '',
    `Look at ${join(run, 'predictions.png')}. Then segment an image of your own:`,
    `  npx unetpp predict --model ${shellWord(model)} --input IMAGE.png --out masks`,
    ...(data === undefined
      ? [
          'and train on your own images, a folder with images/NAME.png and masks/NAME.png:',
          `  ${trainCall()} --data FOLDER`,
        ]
      : ['and measure each head:', `  npx unetpp evaluate --model ${shellWord(model)} --data ${shellWord(data)}`]),
  ];
}

/** Returns the command of this call: train.js exists only in a clone, the command in every installation. */
function trainCall(): string {
  const script = process.argv[1]!;
  return basename(script) === 'train.js' ? `node ${shellWord(relative('', script))}` : 'npx unetpp train';
}
