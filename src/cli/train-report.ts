/** What `unetpp train` says before and after. */
import { join } from 'node:path';
import type { Dataset } from '../data/dataset.js';
import type { Model } from '../model/model.js';
import { weightsSha256 } from '../model/modelfile.js';
import { countParameters } from '../model/parameters.js';
import type { RunFolder } from '../train/run.js';
import type { EpochReport } from '../train/trainer.js';
import { diceText, networkText } from './describe.js';
import { duration, grouped, memorySize, plural } from './format.js';
import { report } from './program.js';
import type { TrainOptions } from './train-options.js';

export function introduction(dataset: Dataset, model: Model, options: TrainOptions, memory: number): string {
  const { name, split, size, channels } = dataset;
  const { optimizer, lr, batch, epochs, augment, seed } = options;
  const images = `${plural(split.train.length, 'image')} to train on, ${split.validation.length} to validate on`;
  const augmented = augment === 'none' ? '' : `, augmented by ${augment}`;
  return [
    ...(options.data === undefined ? ['no --data given: a demonstration on synthetic images'] : []),
    `data      ${name}: ${images}, ${size}x${size} ${channels === 1 ? 'grey' : 'RGB'}${augmented}`,
    `network   ${networkText(model.config)}, ${grouped(countParameters(model.parameters.list))} parameters`,
    `training  ${plural(epochs, 'epoch')}, batch ${batch}, ${optimizer}, learning rate ${lr}, seed ${seed}, ${memorySize(memory)} of memory`,
    '',
  ].join('\n');
}

/** Prints the result; `epochs` is empty where the training was stopped in the first. */
export async function reportTraining(
  options: TrainOptions,
  folder: RunFolder,
  model: Model,
  epochs: readonly EpochReport[],
  seconds: number,
): Promise<void> {
  const best = epochs.find(({ epoch }) => epoch === epochs.at(-1)?.bestEpoch);
  const imagesPerSecond = epochs.length / epochs.reduce((sum, epoch) => sum + 1 / epoch.imagesPerSecond, 0) || 0;
  const lines = best
    ? closing(best, epochs.length, folder, `${duration(seconds)}, ${imagesPerSecond.toFixed(1)} images/s in training`)
    : ['stopped in the first epoch: the weights as they were then, never validated, are in', `  ${folder.model}`];
  report(options, [...lines, ...next(options, folder)], {
    run: folder.path,
    model: folder.model,
    epochs: epochs.length,
    seconds,
    imagesPerSecond,
    validation: best ? scores(best) : null,
    weightsSha256: await weightsSha256(model),
  });
}

function closing(best: EpochReport, epochs: number, folder: RunFolder, time: string): string[] {
  return [
    `best      epoch ${best.epoch} of ${epochs}: validation Dice ${diceText(best.validation)}`,
    `time      ${time}`,
    `files     ${folder.path}: model.safetensors, predictions.png, curves.png, metrics.jsonl, config.json`,
  ];
}

function next({ data }: TrainOptions, folder: RunFolder): string[] {
  return [
    '',
    `Look at ${join(folder.path, 'predictions.png')}. Then segment an image of your own:`,
    `  npx unetpp predict --model ${folder.model} --input IMAGE.png --out masks`,
    ...(data === undefined
      ? [
          'and train on your own images, a folder with images/NAME.png and masks/NAME.png:',
          '  node train.js --data FOLDER',
        ]
      : ['and see what each head is worth:', `  npx unetpp evaluate --model ${folder.model} --data ${data}`]),
  ];
}

function scores({ validation: { dice, iou, pooledIou, loss, heads } }: EpochReport): object {
  const perHead = heads.map(({ head, dice, iou, pooledIou }) => ({ head, dice, iou, pooledIou }));
  return { dice, iou, pooledIou, loss, heads: perHead };
}
