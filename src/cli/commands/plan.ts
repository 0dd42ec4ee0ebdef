/** `unetpp plan`: chooses the options of a training to suit its data, and says why. */
import type { Command } from 'commander';
import { path } from '../../app/options/parsers.js';
import { minutesOptions, plannedGroups } from '../../app/options/plan-options.js';
import { forceOptions } from '../../app/options/run-options.js';
import { makePlan, type PlanCommandOptions } from '../../app/planning/make-plan.js';
import { command, givenOptions, report } from '../program.js';
import { planLines } from '../tables/plan-report.js';
import { interruptible } from '../terminal/interrupt.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';

export const plan = command(
  'plan',
  'Choose the options of a training to suit its data, with a reason for each, and forecast its memory and time; options that are given stay as they are.',
  'unetpp plan --data my-scans --minutes 30 --out plan.json',
)
  .usage('--data DIR [options]')
  .requiredOption('--data <dir>', 'data folder, as for train', path)
  .addTable(minutesOptions)
  .option('--find-lr', 'measure the learning rate: train with rates that grow until the loss diverges')
  .option('--out <file>', 'file for the plan, which train --plan reads; with --find-lr a picture beside it', path)
  .addTable(forceOptions)
  .addGroups(plannedGroups)
  .action((_, command: Command) => run(givenOptions(command) as unknown as PlanCommandOptions));

async function run(given: PlanCommandOptions): Promise<void> {
  const bar = new ProgressBar(given);
  await interruptible(bar, async (signal) => {
    const made = await makePlan(given, terminalObserver(bar), signal);
    bar.clear();
    report(given, planLines(made, given), { ...made.plan, files: made.files });
    return undefined;
  });
}
