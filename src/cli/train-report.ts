/** What `unetpp train` says before and after. */
import { join } from 'node:path';
import { weightsSha256 } from '../model/modelfile.js';
import { countParameters } from '../model/parameters.js';
import type { EpochState } from '../train/epoch.js';
import type { RunFolder } from '../train/run.js';
import { begunEpoch } from '../train/state.js';
import type { EpochReport } from '../train/trainer.js';
import { diceText, networkText, objectiveText } from './describe.js';
import { duration, grouped, memorySize, plural, shellWord } from './format.js';
import { report } from './program.js';
import { splitText } from './split-options.js';
import type { TestResult } from './test-images.js';
import type { Job, PlannedJob } from './train-job.js';
import { lossOptions, type TrainOptions } from './train-options.js';

export function introduction({ dataset, model, options, memory, resume }: Job): string {
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
    `machine   ${plural(model.backend.workers, 'worker')}, ${memorySize(memory)} of memory`,
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

/** The command that goes on with a run. */
function goOnWith(folder: RunFolder): string {
  return `npx unetpp train --resume ${shellWord(folder.path)}`;
}

/** Prints the result. @returns where it was interrupted, the command that goes on with it */
export async function reportTraining(
  { options, model }: Job,
  folder: RunFolder,
  { epochs, seconds, interrupted, tested }: Outcome,
): Promise<string | undefined> {
  const best = epochs.find(({ epoch }) => epoch === epochs.at(-1)?.bestEpoch);
  // An epoch that went on with its validation has trained no image.
  const trained = epochs.filter((epoch) => epoch.imagesPerSecond > 0);
  const imagesPerSecond = trained.length / trained.reduce((sum, epoch) => sum + 1 / epoch.imagesPerSecond, 0) || 0;
  const lines = best
    ? closing(best, folder, {
        of: epochs.length,
        time: `${duration(seconds)}, ${imagesPerSecond.toFixed(1)} images/s in training`,
        tested,
      })
    : ['stopped in the first epoch: the weights as they were then, never validated, are in', `  ${folder.model}`];
  const goOn = interrupted ? goOnWith(folder) : undefined;
  report(options, [...lines, ...next(options, folder)], {
    run: folder.path,
    model: folder.model,
    epochs: epochs.length,
    seconds,
    imagesPerSecond,
    validation: best ? scores(best) : null,
    ...(tested && { test: testScores(tested) }),
    weightsSha256: await weightsSha256(model),
    interrupted,
    resume: goOn ?? null,
  });
  return goOn;
}

/** Prints that a training was interrupted before its first step. @returns the command that goes on with it */
export function reportUnbegun({ options }: PlannedJob, folder: RunFolder): string {
  const goOn = goOnWith(folder);
  report(options, ['stopped before the first step: nothing has been trained'], {
    run: folder.path,
    model: null,
    epochs: 0,
    seconds: 0,
    imagesPerSecond: 0,
    validation: null,
    weightsSha256: null,
    interrupted: true,
    resume: goOn,
  });
  return goOn;
}

/** Below this Dice a network has hardly begun: all background is what the cross-entropy teaches first. */
const NOTHING = 0.01;
const NOTHING_ADVICE =
  'It marks hardly anything yet: give it more epochs (--resume … --epochs N), or begin anew with --norm group, with which few images teach more.';

function closing(
  best: EpochReport,
  folder: RunFolder,
  { of, time, tested }: { readonly of: number; readonly time: string; readonly tested: TestResult | undefined },
): string[] {
  const files = ['model.safetensors', 'predictions.png', 'curves.png', 'metrics.jsonl', 'config.json'];
  if (tested) files.push('test.csv', 'test.png');
  return [
    `best      epoch ${best.epoch} of ${of}: validation Dice ${diceText(best.validation)}`,
    ...(tested ? [`test      Dice ${diceText(tested.evaluation)}`] : []),
    `time      ${time}`,
    `files     ${folder.path}: ${files.join(', ')}, checkpoint.safetensors`,
    ...(tested ? ['', ...tested.lines] : []),
    ...(best.validation.dice < NOTHING ? ['', NOTHING_ADVICE] : []),
  ];
}

/** `at epoch 3`, or `in epoch 3, after 8 images`. */
export function whereOf({ epoch, steps, images }: EpochState): string {
  return steps === 0 ? `at epoch ${epoch}` : `in epoch ${epoch}, after ${plural(images, 'image')}`;
}

function next({ data }: TrainOptions, folder: RunFolder): string[] {
  return [
    '',
    `Look at ${join(folder.path, 'predictions.png')}. Then segment an image of your own:`,
    `  npx unetpp predict --model ${shellWord(folder.model)} --input IMAGE.png --out masks`,
    ...(data === undefined
      ? [
          'and train on your own images, a folder with images/NAME.png and masks/NAME.png:',
          '  node train.js --data FOLDER',
        ]
      : [
          'and see what each head is worth:',
          `  npx unetpp evaluate --model ${shellWord(folder.model)} --data ${shellWord(data)}`,
        ]),
  ];
}

function scores({ validation: { dice, iou, pooledIou, loss, heads } }: EpochReport): object {
  const perHead = heads.map(({ head, dice, iou, pooledIou }) => ({ head, dice, iou, pooledIou }));
  return { dice, iou, pooledIou, loss, heads: perHead };
}

/** All but what stands in test.csv. */
function testScores({ evaluation: { perImage: _, ...scores } }: TestResult): object {
  return scores;
}
