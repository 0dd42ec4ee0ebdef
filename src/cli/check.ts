/** `unetpp check`: what is in a data folder, before hours are spent on it. */
import { readDataFolder } from '../data/folder.js';
import type { LabelledImage } from '../data/layout.js';
import { encodePng } from '../data/png.js';
import { completePlan } from '../data/split-plan.js';
import { type ImageFacts, survey } from '../data/survey.js';
import { writeFileAtomic } from '../files/atomic.js';
import { type ContactTile, contactSheet } from '../report/contact.js';
import { checkLines, summaryOf } from './check-report.js';
import { type CommonOptions, command, report } from './program.js';
import { Progress } from './progress.js';
import { planOf, refuseSecondSplit, type SplitOptions, splitByOption, splitOption } from './split-options.js';
import { path, whole } from './values.js';

interface CheckOptions extends CommonOptions, SplitOptions {
  readonly data: string;
  readonly out?: string;
  readonly seed: number;
}

/** Images on the contact sheet, at most. */
const TILES = 48;

export const check = command(
  'check',
  'Look through a data folder: sizes, values, classes, empty masks, patients, the same image twice; with --out a picture of its images with their masks.',
  'unetpp check --data my-scans --out my-scans.png',
)
  .usage('--data DIR [options]')
  .requiredOption('--data <dir>', 'data folder, as for train', path)
  .option('--out <file>', 'contact sheet to write, a PNG', path)
  .option('--seed <n>', 'draws the split where there is no split.json', whole(0, Number.MAX_SAFE_INTEGER), 1)
  .addOption(splitOption())
  .addOption(splitByOption())
  .action(run);

async function run(options: CheckOptions): Promise<void> {
  const progress = new Progress(options);
  const plan = planOf(options);
  const folder = await readDataFolder(options.data);
  refuseSecondSplit(plan, options.data, folder.splitFile !== undefined);
  const split = await folder.split(options.seed, plan && completePlan(plan, folder));
  const step = Math.max(1, folder.pairs.length / TILES);
  const shown: LabelledImage[] = [];
  const numbers: number[] = [];
  const facts = await survey(folder, split, (_, content, done) => {
    // Spread evenly over the folder, so that neighbouring slices do not fill the sheet.
    if (options.out !== undefined && done - 1 === Math.floor(numbers.length * step)) {
      numbers.push(done - 1);
      shown.push(content);
    }
    progress.update('reading', done, folder.pairs.length, `${done} of ${folder.pairs.length} images`);
  });
  progress.clear();
  const summary = summaryOf(folder, facts);
  if (options.out !== undefined) {
    const title = `${folder.dir}: ${shown.length} of ${facts.length} images`;
    const tiles = shown.map((content, k) => tileOf(content, facts[numbers[k]!]!));
    await writeFileAtomic(options.out, encodePng(contactSheet(tiles, title, folder.classNames)));
  }
  report(options, checkLines(summary, options), { ...summary, sheet: options.out ?? null });
}

function tileOf({ image, mask }: LabelledImage, { name, subset, patient, label, pixels }: ImageFacts): ContactTile {
  const foreground = mask.data.length - pixels[0]!;
  const share = foreground === 0 ? 'no mask' : `${((100 * foreground) / mask.data.length).toFixed(1)}%`;
  const notes = [share, subset ?? 'unused', label && `label ${label}`];
  return { name: patient ? `${name} (${patient})` : name, note: notes.filter(Boolean).join(' '), image, mask };
}
