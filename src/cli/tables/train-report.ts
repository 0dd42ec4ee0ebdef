/** What `unetpp train` says before and after. */
import { basename, join, relative } from 'node:path';
import type { PlannedTraining, TrainingJob } from '../../app/training/job.js';
import { keptOf, type Scores, type TrainResult } from '../../app/training/result.js';
import type { TestResult } from '../../app/training/test-images.js';
import type { Evaluation } from '../../evaluate/evaluate.js';
import { weightsSha256 } from '../../model/modelfile.js';
import { countParameters } from '../../model/parameters.js';
import type { RunFolder } from '../../platform/node/runs/run-folder.js';
import type { EpochState } from '../../train/epoch-state.js';
import type { EpochReport } from '../../train/report.js';
import { begunEpoch } from '../../train/resume.js';
import { splitText } from '../options/split-options.js';
import { lossOptions, type TrainCommandOptions } from '../options/train-options.js';
import { report } from '../program.js';
import { diceText, networkText, objectiveText } from './describe.js';
import { duration, grouped, memorySize, plural, shellWord } from './format.js';

export function introduction({ dataset, model, options, memory, resume }: TrainingJob): string {
  const { name, split, size, channels } = dataset;
  const { optimizer, lr, schedule, batch, epochs, augment, seed } = options;
  const images = `${plural(split.train.length, 'image')} to train on, ${split.validation.length} to validate on`;
  const tested = options.test ? `, ${split.test.length} to test on` : '';
  const drawn = splitText(dataset);
  const augmented = augment === 'none' ? '' : `, augmented by ${augment}`;
  return [
    ...(options.data === undefined ? ['no --data given: a demonstration on synthetic images'] : []),
    `data      ${name}: ${images}${tested}, ${size}x${size} ${channels === 1 ? 'grey' : 'RGB'}${augmented}`,
    ...(drawn === undefined ? [] : [`split     ${drawn}`]),
    `network   ${networkText(model.config)}, ${grouped(countParameters(model.parameters.list))} parameters`,
    `training  ${plural(epochs, 'epoch')}, batch ${batch}, loss ${objectiveText(lossOptions(options))}, ${optimizer}, learning rate ${lr}${schedule === 'constant' ? '' : ` (${schedule})`}, seed ${seed}`,
    `machine   ${plural(model.backend.concurrentPrograms, 'worker')}, ${memorySize(memory)} of memory`,
    ...(resume ? [`resumed   ${whereOf(begunEpoch(resume.checkpoint))}`] : []),
    '',
  ].join('\n');
}

/** What came of a training. */
interface Outcome {
  /** Empty where the training was stopped in the first. */
  readonly epochs: readonly EpochReport[];
  readonly seconds: number;
  readonly interrupted: boolean;
  readonly tested?: TestResult;
}

/**
 * Prints the result, and keeps that of a run which is done.
 * @returns where it was interrupted, the command that goes on with it
 */
export async function reportTraining(
  { options, model }: TrainingJob,
  folder: RunFolder,
  { epochs, seconds, interrupted, tested }: Outcome,
): Promise<string | undefined> {
  const best = epochs.find(({ epoch }) => epoch === epochs.at(-1)?.bestEpoch);
  // An epoch that went on with its validation has trained no image.
  const trained = epochs.filter((epoch) => epoch.imagesPerSecond > 0);
  const imagesPerSecond = trained.length / trained.reduce((sum, epoch) => sum + 1 / epoch.imagesPerSecond, 0) || 0;
  const goOn = interrupted ? goOnWith(folder) : undefined;
  const result: TrainResult = {
    run: folder.path,
    model: folder.model,
    epochs: epochs.length,
    bestEpoch: best?.epoch ?? null,
    seconds,
    imagesPerSecond,
    validation: best ? scores(best) : null,
    ...(tested && { test: testScores(tested) }),
    weightsSha256: await weightsSha256(model),
    interrupted,
    resume: goOn ?? null,
  };
  if (!interrupted) await folder.keepResult(keptOf(result, options));
  report(options, [...closing(result, folder, tested), ...next(options, folder)], result);
  return goOn;
}

/** Prints the result of a run that is done already. */
export function reportDone(options: TrainCommandOptions, folder: RunFolder, kept: TrainResult): undefined {
  // The folder may have been moved since.
  const result = { ...kept, run: folder.path, model: folder.model };
  report(options, [...closing(result, folder), ...next(options, folder)], result);
}

/** Prints that a training was interrupted before its first step. @returns the command that goes on with it */
export function reportUnbegun({ options }: PlannedTraining, folder: RunFolder): string {
  const goOn = goOnWith(folder);
  const result: TrainResult = {
    run: folder.path,
    model: null,
    epochs: 0,
    bestEpoch: null,
    seconds: 0,
    imagesPerSecond: 0,
    validation: null,
    weightsSha256: null,
    interrupted: true,
    resume: goOn,
  };
  report(options, ['stopped before the first step: nothing has been trained'], result);
  return goOn;
}

/** The command that goes on with a run. */
function goOnWith(folder: RunFolder): string {
  return `npx unetpp train --resume ${shellWord(folder.path)}`;
}

/** Below this Dice a network has hardly begun: all background is what the cross-entropy teaches first. */
const NOTHING = 0.01;
const NOTHING_ADVICE =
  'It marks hardly anything yet: give it more epochs (--resume … --epochs N), or begin anew with --norm group, with which few images teach more.';

function closing(
  { epochs, bestEpoch, seconds, imagesPerSecond, validation, test }: TrainResult,
  folder: RunFolder,
  tested?: TestResult,
): string[] {
  if (!validation) {
    return ['stopped in the first epoch: the weights as they were then, never validated, are in', `  ${folder.model}`];
  }
  const files = ['model.safetensors', 'predictions.png', 'curves.png', 'metrics.jsonl', 'config.json'];
  if (test) files.push('test.csv', 'test.png');
  return [
    `best      epoch ${bestEpoch} of ${epochs}: validation Dice ${diceText(validation)}`,
    ...(test ? [`test      Dice ${diceText(test)}`] : []),
    `time      ${duration(seconds)}, ${imagesPerSecond.toFixed(1)} images/s in training`,
    `files     ${folder.path}: ${files.join(', ')}, checkpoint.safetensors`,
    ...(tested ? ['', ...tested.lines] : []),
    ...(validation.dice < NOTHING ? ['', NOTHING_ADVICE] : []),
  ];
}

/** `at epoch 3`, or `in epoch 3, after 8 images`. */
export function whereOf({ epoch, steps, images }: EpochState): string {
  return steps === 0 ? `at epoch ${epoch}` : `in epoch ${epoch}, after ${plural(images, 'image')}`;
}

function next({ data }: TrainCommandOptions, folder: RunFolder): string[] {
  return [
    '',
    `Look at ${join(folder.path, 'predictions.png')}. Then segment an image of your own:`,
    `  npx unetpp predict --model ${shellWord(folder.model)} --input IMAGE.png --out masks`,
    ...(data === undefined
      ? [
          'and train on your own images, a folder with images/NAME.png and masks/NAME.png:',
          `  ${trainCall()} --data FOLDER`,
        ]
      : [
          'and see what each head is worth:',
          `  npx unetpp evaluate --model ${shellWord(folder.model)} --data ${shellWord(data)}`,
        ]),
  ];
}

/** How this training was called: train.js is only where the project was cloned, the command wherever it is installed. */
function trainCall(): string {
  const script = process.argv[1]!;
  return basename(script) === 'train.js' ? `node ${shellWord(relative('', script))}` : 'npx unetpp train';
}

function scores({ validation: { dice, iou, pooledIou, loss, heads } }: EpochReport): Scores {
  const perHead = heads.map(({ head, dice, iou, pooledIou }) => ({ head, dice, iou, pooledIou }));
  return { dice, iou, pooledIou, loss, heads: perHead };
}

/** All but what stands in test.csv. */
function testScores({ evaluation: { perImage: _, ...scores } }: TestResult): Omit<Evaluation, 'perImage'> {
  return scores;
}
