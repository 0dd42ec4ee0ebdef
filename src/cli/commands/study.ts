/** `unetpp study`: several networks under one protocol, with cross-validation, several seeds and a table. */
import type { StudyOptions } from '../../app/options/study-options.js';
import { runStudy, type StudyObserver } from '../../app/study/run-study.js';
import { studyCommand } from '../options/study-options.js';
import { withDataDefaults } from '../options/train-options.js';
import { report } from '../program.js';
import { introduction, resultText, runText } from '../tables/study-report.js';
import { whereOf } from '../tables/train-report.js';
import { shellWord } from '../tables/words.js';
import { interruptible } from '../terminal/interrupt.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';

export const study = studyCommand().action(async (given: StudyOptions) => {
  const options = { ...given, ...withDataDefaults(given) };
  const bar = new ProgressBar(options);
  await interruptible(bar, async (signal) => {
    const { text, interrupted, ...result } = await runStudy(options, studyObserver(bar), signal);
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
});

/** The introduction, then two lines a run, with the bar in between. */
function studyObserver(bar: ProgressBar): StudyObserver {
  return {
    ...terminalObserver(bar),
    begin: (plan, folder, done) => bar.line(introduction(plan, folder, done)),
    run: (run) => bar.line(runText(run)),
    resume: (from) => bar.line(`  goes on ${whereOf(from)}`),
    result: (result) => bar.line(`  ${resultText(result)}`),
    end: () => bar.line(''),
  };
}
