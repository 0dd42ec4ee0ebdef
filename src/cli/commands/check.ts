/** `unetpp check`: examines a data folder before hours of training are spent on it. */
import { type CheckFolderOptions, checkFolder } from '../../app/data/check-folder.js';
import { DEFAULT_SIZE, fitOptions, readingOptions, splitOptions } from '../../app/options/data-options.js';
import { path, side, whole } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { InputError } from '../../base/errors.js';
import { plural } from '../../base/quantities.js';
import { type CommonOptions, command, report } from '../program.js';
import { checkLines, summaryOf } from '../tables/check-report.js';
import { filesOf } from '../tables/file-list.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';

export const check = command(
  'check',
  'Check a data folder before training: faults, sizes, values, classes, empty masks, small objects, patients, duplicate images; --out draws its images with their masks.',
  'unetpp check --data my-scans --out my-scans.png',
)
  .usage('--data DIR [options]')
  .requiredOption('--data <dir>', 'data folder, as for train', path)
  .option('--out <file>', 'picture to write, a PNG', path)
  .addTable(forceOptions)
  .option('--seed <n>', 'draws the split where there is no split.json', whole(0, Number.MAX_SAFE_INTEGER), 1)
  .addTable(splitOptions)
  .option('--files', 'list what each image file holds: size, slices, values, distances, plane and orientation')
  .option(
    '--show-patients',
    'name patients that stand inside of files, too, and list those of --files; without it, only names that you gave are shown',
  )
  .option('--augment <list>', 'draw the images as train would see them with this --augment')
  .option(
    '--size <pixels>',
    'width and height, as for train: for the picture, and to find objects that vanish when masks are resized',
    side,
    DEFAULT_SIZE,
  )
  .addTable(fitOptions)
  .addTable(readingOptions)
  .action(run);

interface FileListOption {
  /** Whether each file is listed. */
  readonly files?: boolean;
}

async function run(options: CommonOptions & CheckFolderOptions & FileListOption): Promise<void> {
  const bar = new ProgressBar(options);
  const found = await checkFolder(options, terminalObserver(bar));
  bar.clear();
  const { faults, sheet } = found;
  const files = options.files ? filesOf(found.folder, options) : undefined;
  const summary = { ...summaryOf(found, options.size), ...(files && { files }) };
  report(options, checkLines(summary, sheet), { ...summary, sheet });
  if (faults.length === 0) return;
  throw new InputError(
    `${options.data}: ${plural(faults.length, 'fault')}, listed above; correct them before training`,
  );
}
