/** `unetpp train`, and `node train.js`: trains a network on a folder of images and masks, or on the built-in phantom. */
import type { Command } from 'commander';
import { type TrainCommandOptions, trainGroups } from '../../app/options/train-options.js';
import { resolveOptions } from '../../app/planning/resolve-options.js';
import { agreeOnStart } from '../../app/training/agreement.js';
import { joinTraining } from '../../app/training/join-training.js';
import { resumeTraining, startTraining } from '../../app/training/start-training.js';
import type { TrainingObserver } from '../../app/training/train-in-folder.js';
import { InputError } from '../../base/errors.js';
import { Group } from '../../base/ranks/group.js';
import { kernelsDigest } from '../../platform/node/package-files.js';
import { RunFolder } from '../../runs/run-folder.js';
import { command, givenOptions, report } from '../program.js';
import { inRanks, isSilent } from '../ranks.js';
import { epochHeader, epochRow } from '../tables/epochs.js';
import { goOnWith, introduction, trainingLines } from '../tables/train-report.js';
import { interruptible } from '../terminal/interrupt.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';
import { whileWatched } from '../terminal/watched.js';
import { version } from '../version.js';

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
  const silent = isSilent();
  const bar = new ProgressBar(silent ? { quiet: true } : given);
  await inRanks((link) => {
    const work = async (signal: AbortSignal, follow: (code: number) => void) => {
      const group = link && new Group(link, signal, follow);
      if (group) await agreeOnStart(group, { version, kernels: kernelsDigest() }, given);
      if (!group || group.rank === 0) return runFirst(given, bar, signal, group);
      await joinTraining(group, signal);
      return group.stopped.aborted ? '' : undefined;
    };
    return interruptible(bar, work, silent);
  });
}

/** Trains, alone or as the first of several ranks. @returns the command that resumes it, where it was interrupted */
async function runFirst(
  asked: Given,
  bar: ProgressBar,
  signal: AbortSignal,
  group?: Group,
): Promise<string | undefined> {
  const given = group ? repeatable(asked) : asked;
  const folder = await runToGoOnWith(given);
  const outcome = await whileWatched(trainingObserver(bar), given.log, async (observer) =>
    folder === undefined
      ? startTraining(await resolveOptions(given, observer, signal), observer, signal, group)
      : resumeTraining(folder, given, observer, signal, group),
  );
  bar.clear();
  const { result } = outcome;
  const resume = result.interrupted ? goOnWith(result) : undefined;
  report(given, trainingLines(outcome), { ...result, resume: resume ?? null });
  return resume;
}

/** A job of several ranks is started again by the same command when it was ended: its run then goes on. */
function repeatable(given: Given): Given {
  return given.out === undefined || given.resume !== undefined ? given : { ...given, continue: true };
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
