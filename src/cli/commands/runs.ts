/** `unetpp runs`: the runs under a folder, or what differs between two. */

import { oneOf } from '../../app/options/parsers.js';
import { compareRuns, listRuns, type Sorting, sortings } from '../../app/runs/list-runs.js';
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import { RUNS } from '../../runs/new-folder.js';
import { type CommonOptions, command, report } from '../program.js';
import { comparisonLines, runsLines } from '../tables/runs-table.js';

interface RunsOptions extends CommonOptions {
  readonly sort?: Sorting;
}

export const runs = command(
  'runs',
  'List the trainings under a folder with their state, scores and the options in which they differ; of two runs, show what differs.',
  'unetpp runs --sort dice',
)
  .usage('[DIR | RUN RUN] [options]')
  .argument('[paths...]', 'a folder with runs (default: runs), or two runs to compare')
  .addTable({
    sort: {
      flag: '--sort <by>',
      parse: oneOf(sortings),
      help: 'order of the runs: scores and times begin with the greatest',
      default: { unset: 'name' },
      affects: 'output',
    },
  })
  .action(run);

async function run(paths: readonly string[], options: RunsOptions): Promise<void> {
  const [first = RUNS, second, ...more] = paths.map((path) => path.replace(/(?<=.)\/+$/, ''));
  if (more.length > 0) throw new InputError(`unexpected argument ${show(more[0])}; give a folder, or two runs`);
  if (second === undefined) {
    const found = await listRuns(first, options.sort);
    report(options, runsLines(found, first), found);
    return;
  }
  const comparison = await compareRuns(first, second);
  report(options, comparisonLines(comparison), comparison);
}
