/** The training of a job in its run folder, whichever command asks for it. */

import { lossOptions } from '../../cli/options/train-options.js';
import { duration } from '../../cli/tables/format.js';
import type { ProgressBar } from '../../cli/terminal/progress.js';
import { augment } from '../../data/augment/augment.js';
import type { RunFolder } from '../../platform/node/runs/run-folder.js';
import type { EpochReport } from '../../train/report.js';
import { begunEpoch } from '../../train/resume.js';
import { trainModel } from '../../train/trainer.js';
import { originOf } from '../runs/same-run.js';
import { secondsLeft } from './eta.js';
import type { TrainingJob } from './job.js';

/**
 * An epoch at a time, with the bar in between. Each report is written down, with the model where it is the best, before
 * it is given; at the end the job's model has the best weights.
 */
export async function* trainInFolder(
  folder: RunFolder,
  job: TrainingJob,
  progress: ProgressBar,
  signal: AbortSignal,
): AsyncGenerator<EpochReport, void, void> {
  const { options, augmentations, dataset, model, resume } = job;
  const { train, validation } = dataset.split;
  const origin = originOf(job);
  const left = secondsLeft(
    { train: train.length, validation: validation.length },
    resume && begunEpoch(resume.checkpoint),
  );
  const { lr, minLr, clip, ema, checkpointSteps, checkpointMinutes, logSteps, resume: _, ...same } = options;
  yield* trainModel(model, dataset, {
    ...same,
    loss: lossOptions(options),
    learningRate: lr,
    minLearningRate: minLr,
    ...(clip !== undefined && { maxGradientNorm: clip }),
    ...(ema !== undefined && { averageDecay: ema }),
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
      const text = `${now.imagesPerSecond.toFixed(1)} images/s, ${duration(left(now))} left`;
      progress.update(`epoch ${now.epoch}/${now.epochs} ${now.phase}`, now.done, now.total, text);
    },
  });
  // Before the first validation there is no best one.
  if (resume && model.training) await folder.keepModel(model);
}
