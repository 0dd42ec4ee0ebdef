/** The training of a job in its run folder, whichever command asks for it. */

import { augment } from '../../data/augment/augment.js';
import type { RunFolder } from '../../platform/node/runs/run-folder.js';
import type { EpochReport } from '../../train/report.js';
import { begunEpoch } from '../../train/resume.js';
import { trainModel } from '../../train/trainer.js';
import type { Observer } from '../observer.js';
import { lossOptions } from '../options/train-options.js';
import { originOf } from '../runs/same-run.js';
import { secondsLeft } from './eta.js';
import type { TrainingJob } from './job.js';

/**
 * Trains an epoch at a time, and tells how far it is in between. Each report is written down, with the model where it is the best, before
 * it is given; at the end the job's model has the best weights.
 */
export async function* trainInFolder(
  folder: RunFolder,
  job: TrainingJob,
  observer: Observer,
  signal: AbortSignal,
): AsyncGenerator<EpochReport, void, void> {
  const { options, augmentations, dataset, model, resume } = job;
  const { train, validation } = dataset.split;
  const origin = originOf(job);
  const left = secondsLeft(
    { train: train.length, validation: validation.length },
    resume && begunEpoch(resume.checkpoint),
  );
  const { checkpointSteps, checkpointMinutes, logSteps, resume: _, ...same } = options;
  yield* trainModel(model, dataset, {
    ...same,
    loss: lossOptions(options),
    augment: (sample, key) => augment(sample, augmentations, key),
    signal,
    observers: [folder.recorder(model, logSteps)],
    ...(resume && { resume: resume.checkpoint }),
    onCheckpoint: (checkpoint) => folder.writeCheckpoint(checkpoint, origin),
    checkpointEvery: {
      ...(checkpointSteps !== undefined && { steps: checkpointSteps }),
      ...(checkpointMinutes !== undefined && { minutes: checkpointMinutes }),
    },
    onProgress(now) {
      const { phase, done, total, epoch, epochs, imagesPerSecond } = now;
      const pace = { imagesPerSecond, secondsLeft: left(now) };
      observer.progress?.({ phase, done, total, epoch: { number: epoch, of: epochs }, pace });
    },
  });
  // Before the first validation there is no best one.
  if (resume && model.card.training) await folder.keepModel(model);
}
