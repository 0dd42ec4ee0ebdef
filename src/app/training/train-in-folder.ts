/** The training of a job in its run folder, whichever command asks for it. */

import { examplesOf } from '../../data/dataset.js';
import { storedPixels } from '../../data/record.js';
import type { SheetRow } from '../../report/sheet.js';
import type { RunFolder } from '../../runs/run-folder.js';
import { begunEpoch } from '../../train/checkpoint/resume.js';
import type { RunObserver } from '../../train/observer.js';
import type { TrainOptions } from '../../train/options.js';
import type { EpochReport } from '../../train/report.js';
import { trainModel } from '../../train/trainer.js';
import type { Observer } from '../observer.js';
import { originOf } from '../runs/same-run.js';
import { secondsLeft } from './eta.js';
import { initialiseJob } from './initialise-job.js';
import { type TrainingJob, trainOptionsOf } from './job.js';
import { examples } from './pictures.js';

/**
 * Follows a training: what the library tells of it, each event after it is written down, and what stands around it. Where
 * its device is lost and it goes on with another one, it is told an `end` with the loss, a remark, and a `begin` again.
 */
export interface TrainingObserver extends Observer, RunObserver {
  /** Is called when all images are read and the model is made, before `begin`; `run` is the folder of the run. */
  ready?(job: TrainingJob, run: string): void;
  /** Is called after each epoch with the validation images that are shown, as the model now segments them. */
  examples?(report: EpochReport, shown: readonly SheetRow[]): void | Promise<void>;
  /** Is called last, when all files of the run are written and its folder is still locked; an error comes before. */
  done?(interrupted: boolean): void | Promise<void>;
}

/** How far a training has come. */
export interface Trained {
  /** The reports of all its epochs, those before a resume among them; none where it was stopped in the first. */
  readonly epochs: readonly EpochReport[];
  /** Whether the signal has ended it, and epochs are left. */
  readonly interrupted: boolean;
}

/**
 * Trains until it is done or `signal` ends it. Each epoch is written down, with the model where it is the best, before
 * `observer` is told of it; at the end the job's model has the best weights.
 */
export async function trainInFolder(
  folder: RunFolder,
  job: TrainingJob,
  observer: TrainingObserver,
  signal: AbortSignal,
): Promise<Trained> {
  const { options, dataset, model, initial, resume, group } = job;
  const { checkpointSteps, checkpointMinutes, logSteps } = options;
  const origin = originOf(job);
  if (!resume) await initialiseJob(job, observer);
  const training = trainModel(model, dataset, {
    ...trainOptionsOf(job),
    ...(initial && { initialWeightsSha256: initial.sha256 }),
    signal,
    ...(group && { group }),
    observers: [folder.recorder(model, logSteps), observer, ...showing(job, observer)],
    ...(resume && { resume: resume.checkpoint }),
    onCheckpoint: (checkpoint) => folder.writeCheckpoint(checkpoint, origin),
    checkpointEvery: {
      ...(checkpointSteps !== undefined && { steps: checkpointSteps }),
      ...(checkpointMinutes !== undefined && { minutes: checkpointMinutes }),
    },
    onProgress: progressWithPace(job, observer),
  });
  const trained: EpochReport[] = [];
  for await (const epoch of training) trained.push(epoch);
  // Before the first validation there is no best one.
  if (resume && model.card.training) await folder.keepModel(model);
  const interrupted = signal.aborted && trained.at(-1)?.end === undefined;
  return { epochs: [...(resume?.epochs ?? []), ...trained], interrupted };
}

/** Shows examples to an observer that asks for them. */
function showing(job: TrainingJob, observer: TrainingObserver): RunObserver[] {
  if (!observer.examples) return [];
  return [{ epoch: async (report) => observer.examples?.(report, await examples(job)) }];
}

/** Tells `observer` how far the training is, and how long it will still take. */
function progressWithPace({ dataset, resume }: TrainingJob, observer: Observer): TrainOptions['onProgress'] {
  const { split, records, sampler } = dataset;
  const images = {
    train: examplesOf(dataset),
    validation: split.validation.length,
    ...(sampler.patches && { scale: storedPixels(records) / records.size / sampler.size ** 2 }),
  };
  const left = secondsLeft(images, resume && begunEpoch(resume.checkpoint));
  return (now) => {
    const { phase, done, total, epoch, epochs, imagesPerSecond } = now;
    const pace = { imagesPerSecond, secondsLeft: left(now) };
    observer.progress?.({ phase, done, total, epoch: { number: epoch, of: epochs }, pace });
  };
}
