/** A small training that is watched: three epochs of two steps. */
import { join } from 'node:path';
import { completeOptions } from '../../../src/app/options/train-options.js';
import { resumeTraining, startTraining } from '../../../src/app/training/start-training.js';
import type { TrainingObserver } from '../../../src/app/training/train-in-folder.js';
import type { LogTarget } from '../../../src/app/watch/log-targets.js';
import { type Openers, watched } from '../../../src/app/watch/watch.js';
import type { EpochReport } from '../../../src/train/report.js';

interface Wanted {
  readonly log: readonly LogTarget[];
  readonly out?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly resume?: boolean;
  readonly epochs?: number;
  /** The step at which the training is stopped by a fault. */
  readonly failAtStep?: number;
  /** What opens watchers in the place of the usual ones. */
  readonly openers?: Partial<Openers>;
  /** Is called after each epoch. */
  readonly onEpoch?: (report: EpochReport, said: readonly string[]) => Promise<void>;
}

/** Trains in the folder `out` of `dir`. */
export async function trainWatched(dir: string, wanted: Wanted) {
  const { log, out = 'run', env = {}, resume = false, failAtStep, onEpoch } = wanted;
  const run = join(dir, out);
  const epochs: EpochReport[] = [];
  const said: string[] = [];
  const inner: TrainingObserver = {
    remark: (remark) => {
      if (remark.kind === 'notice') said.push(remark.text);
    },
    epoch: async (report) => {
      epochs.push(report);
      await onEpoch?.(report, said);
    },
  };
  const { observer, close } = watched(inner, log, env, wanted.openers);
  const failing: TrainingObserver = {
    ...observer,
    step: async (report) => {
      await observer.step?.(report);
      if (report.step === failAtStep) throw new Error('stopped by the test');
    },
  };
  const { signal } = new AbortController();
  const small = {
    filters: [2, 2, 4],
    size: 32,
    epochs: wanted.epochs ?? 3,
    batch: 4,
    workers: 1,
    splitSizes: '8,2,0',
    seed: 5,
  };
  try {
    const outcome = await (resume
      ? resumeTraining(run, {}, failing, signal)
      : startTraining(completeOptions({ ...small, out: run }), failing, signal));
    return { run, epochs, said, result: outcome.result };
  } catch (error) {
    if ((error as Error).message.startsWith('stopped by the test')) return { run, epochs, said, result: undefined };
    throw error;
  } finally {
    await close();
  }
}
