/** The lines of `unetpp study` before and after each run. */
import type { StudyRun } from '../../app/study/run-study.js';
import type { StudyPlan } from '../../app/study/study-plan.js';
import { duration, plural } from '../../base/quantities.js';
import type { RunResult } from '../../study/runs.js';

/** @param done how many runs are done already */
export function introduction(
  { options, dataset, runs, arms, splits, subset }: StudyPlan,
  folder: string,
  done: number,
): string {
  const { train, validation } = splits[0]!;
  const scored = splits[0]![subset].length;
  const { epochs, batch, optimizer, learningRate, seeds } = options;
  return [
    `data      ${dataset.name}: ${plural(train.length, 'image')} to train on, ${validation.length} to validate on, ${scored} scored (${subset})`,
    `study     ${plural(runs.length, 'run')} of ${plural(epochs, 'epoch')}: ${plural(arms.length, 'network')} x ${plural(splits.length, 'fold')} x ${plural(seeds.length, 'seed')}`,
    `training  batch ${batch}, ${optimizer}, learning rate ${learningRate}`,
    `folder    ${folder}${done > 0 ? `: ${plural(done, 'run')} done` : ''}`,
    '',
  ].join('\n');
}

/** Announces a run: `run 2 of 8  unet-fold1-seed1, about 1:05 left`. */
export function runText({ name, number, of, secondsLeft }: StudyRun): string {
  const when = secondsLeft === undefined ? '' : `, about ${duration(secondsLeft)} left`;
  return `run ${number} of ${of}  ${name}${when}`;
}

export function resultText({ outputs, epochs, bestEpoch, seconds }: RunResult): string {
  const { dice, iou } = outputs.at(-1)!;
  return `Dice ${dice.toFixed(4)}, IoU ${iou.toFixed(4)}, best epoch ${bestEpoch} of ${epochs}, ${duration(seconds)}`;
}
