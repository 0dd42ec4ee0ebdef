/** `unetpp study`: several networks under one protocol, with cross-validation, several seeds and a table. */
import type { Command } from 'commander';
import { completeStudyOptions, type StudyOptions, studyGroups } from '../../app/options/study-options.js';
import { runStudy, type StudyObserver } from '../../app/study/run-study.js';
import { begunEpoch } from '../../train/checkpoint/resume.js';
import { command, givenOptions, report } from '../program.js';
import { requireAlone } from '../ranks.js';
import { introduction, resultText, runText } from '../tables/study-report.js';
import { whereOf } from '../tables/train-report.js';
import { shellWord } from '../tables/words.js';
import { interruptible } from '../terminal/interrupt.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';
import { whileWatched } from '../terminal/watched.js';

export const study = command(
  'study',
  'Train the networks of the family, or the levels embedded and isolated, under one protocol with cross-validation, and compare them in a table. The same command continues a study that was stopped.',
  'unetpp study --data my-scans --filters 16,32,64,128,256 --epochs 20 --folds 5 --seeds 1,2',
)
  .addGroups(studyGroups)
  .action((_, command: Command) => run(givenOptions(command)));

async function run(given: Partial<StudyOptions>): Promise<void> {
  requireAlone('study');
  const options = completeStudyOptions(given);
  const bar = new ProgressBar(options);
  await interruptible(bar, async (signal) => {
    const { text, interrupted, ...result } = await whileWatched(studyObserver(bar), options.log, (observer) =>
      runStudy(options, observer, signal),
    );
    bar.line('');
    const resume = interrupted ? `npx unetpp ${process.argv.slice(2).map(shellWord).join(' ')}` : undefined;
    const { study, ...rest } = result;
    report(options, [text, '', `written: ${result.files.join(', ')}`], {
      study,
      compare: options.compare,
      ...rest,
      interrupted,
      resume: resume ?? null,
    });
    return resume;
  });
}

/** Prints the introduction, then two lines for each run, with the bar in between. */
function studyObserver(bar: ProgressBar): StudyObserver {
  return {
    ...terminalObserver(bar),
    open: (plan, folder, done) => bar.line(introduction(plan, folder, done)),
    run: (run) => bar.line(runText(run)),
    ready: ({ resume }) => resume && bar.line(`  resumed ${whereOf(begunEpoch(resume.checkpoint))}`),
    result: (result) => bar.line(`  ${resultText(result)}`),
  };
}
