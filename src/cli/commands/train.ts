/** `unetpp train`, and `node train.js`: trains a network on a folder of images and masks, or on the built-in phantom. */
import type { Command } from 'commander';
import { type TrainCommandOptions, trainGroups } from '../../app/options/train-options.js';
import { resolveOptions } from '../../app/planning/resolve-options.js';
import { resumeTraining, startTraining } from '../../app/training/start-training.js';
import type { TrainingObserver } from '../../app/training/train-in-folder.js';
import { InputError } from '../../base/errors.js';
import { RunFolder } from '../../runs/run-folder.js';
import { command, givenOptions, report } from '../program.js';
import { epochHeader, epochRow } from '../tables/epochs.js';
import { goOnWith, introduction, trainingLines } from '../tables/train-report.js';
import { interruptible } from '../terminal/interrupt.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';
import { whileWatched } from '../terminal/watched.js';

/** The options that are given on the command line. */
type Given = Partial<TrainCommandOptions>;

export const train = command(
  'train',
  'Train a network of the UNet++ family on images and masks; without --data on built-in synthetic brain tumours.',
  'unetpp train --data my-scans --filters 16,32,64,128,256 --augment flip',
)
  .addGroups(trainGroups)
  .action((_, command: Command) => run(givenOptions(command)));

async function run(given: Given): Promise<void> {
  const folder = await runToGoOnWith(given);
  const bar = new ProgressBar(given);
  await interruptible(bar, async (signal) => {
    const outcome = await whileWatched(trainingObserver(bar), given.log, async (observer) =>
      folder === undefined
        ? startTraining(await resolveOptions(given, observer, signal), observer, signal)
        : resumeTraining(folder, given, observer, signal),
    );
    bar.clear();
    const { result } = outcome;
    const resume = result.interrupted ? goOnWith(result) : undefined;
    report(given, trainingLines(outcome), { ...result, resume: resume ?? null });
    return resume;
  });
}

/** Returns the run to resume, undefined where a new one begins. @throws InputError for --continue without one folder */
async function runToGoOnWith({ continue: either = false, resume, out }: Given): Promise<string | undefined> {
  if (!either) return resume;
  if (resume !== undefined) {
    throw new InputError('--continue starts or continues the run in --out, --resume only continues; leave one out');
  }
  if (out === undefined) throw new InputError('--continue needs to know the folder of the run; give it with --out');
  return (await RunFolder.holdsRun(out)) ? out : undefined;
}

/** Prints the introduction, then a row for each epoch, with the bar in between. */
function trainingObserver(bar: ProgressBar): TrainingObserver {
  let rows = 0;
  return {
    ...terminalObserver(bar),
    ready: (job) => bar.line(introduction(job)),
    epoch: (report) => {
      if (rows++ === 0) bar.line(epochHeader(report));
      bar.line(epochRow(report));
    },
    end: (failure) => {
      // The line of an error follows at once.
      if (failure === undefined) bar.line('');
    },
  };
}
