/** `unetpp check`: what is in a data folder, before hours are spent on it. */
import { InputError } from '../base/errors.js';
import { parseAugmentations } from '../data/augment.js';
import { readDataFolder } from '../data/folder.js';
import type { LabelledImage } from '../data/layout.js';
import { encodePng } from '../data/png.js';
import { completePlan } from '../data/split-plan.js';
import { type ImageFacts, survey } from '../data/survey.js';
import { writeFileAtomic } from '../files/atomic.js';
import { type ContactTile, contactSheet } from '../report/contact.js';
import { augmentationSheet } from './check-augment.js';
import { checkLines, summaryOf } from './check-report.js';
import { spread } from './examples.js';
import { type CommonOptions, command, report } from './program.js';
import { Progress } from './progress.js';
import { planOf, refuseSecondSplit, type SplitOptions, splitByOption, splitOption } from './split-options.js';
import { path, side, whole } from './values.js';

interface CheckOptions extends CommonOptions, SplitOptions {
  readonly data: string;
  readonly out?: string;
  readonly seed: number;
  readonly augment?: string;
  readonly size: number;
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
  .option('--out <file>', 'picture to write, a PNG', path)
  .option('--seed <n>', 'draws the split where there is no split.json', whole(0, Number.MAX_SAFE_INTEGER), 1)
  .addOption(splitOption())
  .addOption(splitByOption())
  .option('--augment <list>', 'a picture of what train makes of its images with this --augment instead')
  .option('--size <pixels>', 'for this picture: width and height, as for train', side, 128)
  .action(run);

async function run(options: CheckOptions): Promise<void> {
  const { data, out, seed, augment } = options;
  if (augment !== undefined && out === undefined) {
    throw new InputError('--augment shows what it does as a picture; give a file for it with --out');
  }
  const augmentations = augment === undefined ? undefined : parseAugmentations(augment);
  const progress = new Progress(options);
  const splitPlan = planOf(options);
  const folder = await readDataFolder(data);
  refuseSecondSplit(splitPlan, data, folder.splitFile !== undefined);
  const plan = splitPlan && completePlan(splitPlan, folder);
  const wanted = new Set(out === undefined || augmentations ? [] : spread(folder.pairs, TILES));
  const shown = new Map<number, LabelledImage>();
  const facts = await survey(folder, await folder.split(seed, plan), (pair, content, done) => {
    if (wanted.has(pair)) shown.set(done - 1, content);
    progress.update('reading', done, folder.pairs.length, `${done} of ${folder.pairs.length} images`);
  });
  progress.clear();
  if (out !== undefined) {
    const picture = augmentations
      ? await augmentationSheet(augmentations, { ...options, plan: splitPlan })
      : contactSheet(
          [...shown].map(([k, content]) => tileOf(content, facts[k]!)),
          `${folder.dir}: ${shown.size} of ${facts.length} images`,
          folder.classNames,
        );
    await writeFileAtomic(out, encodePng(picture));
  }
  const summary = summaryOf(folder, facts);
  report(options, checkLines(summary, options), { ...summary, sheet: out ?? null });
}

function tileOf({ image, mask }: LabelledImage, { name, subset, patient, label, pixels }: ImageFacts): ContactTile {
  const foreground = mask.data.length - pixels[0]!;
  const share = foreground === 0 ? 'no mask' : `${((100 * foreground) / mask.data.length).toFixed(1)}%`;
  const notes = [share, subset ?? 'unused', label && `label ${label}`];
  return { name: patient ? `${name} (${patient})` : name, note: notes.filter(Boolean).join(' '), image, mask };
}
