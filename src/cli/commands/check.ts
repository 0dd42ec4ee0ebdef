/** `unetpp check`: what is in a data folder, before hours are spent on it. */

import { spread } from '../../app/examples.js';
import { CONTACT_SHEET } from '../../app/kinds.js';
import { type ForceOption, forceOption, outputsOf } from '../../app/outputs.js';
import { InputError } from '../../base/errors.js';
import { parseAugmentations } from '../../data/augment/augment.js';
import { unlessFaulty } from '../../data/faults.js';
import { readDataFolder } from '../../data/folder/folder.js';
import { type ImageFacts, survey } from '../../data/folder/survey.js';
import type { LabelledImage } from '../../data/record.js';
import { completePlan } from '../../data/split/plan.js';
import type { Split } from '../../data/split/split.js';
import { encodePng } from '../../formats/png/png.js';
import { nodeFiles } from '../../platform/node/files/node-files.js';
import { type ContactTile, contactSheet } from '../../report/contact.js';
import { path, side, whole } from '../options/parsers.js';
import { planOf, refuseSecondSplit, type SplitOptions, splitByOption, splitOption } from '../options/split-options.js';
import { type CommonOptions, command, report } from '../program.js';
import { checkLines, summaryOf } from '../tables/check-report.js';
import { plural } from '../tables/format.js';
import { ProgressBar } from '../terminal/progress.js';
import { augmentationSheet } from './check-augment.js';

interface CheckOptions extends CommonOptions, ForceOption, SplitOptions {
  readonly data: string;
  readonly out?: string;
  readonly seed: number;
  readonly augment?: string;
  readonly size: number;
}

const NO_SPLIT: Split = { train: [], validation: [], test: [] };

/** Images on the contact sheet, at most. */
const TILES = 48;

export const check = command(
  'check',
  'Look through a data folder: faults, sizes, values, classes, empty masks, small objects, patients, the same image twice; with --out a picture of its images with their masks.',
  'unetpp check --data my-scans --out my-scans.png',
)
  .usage('--data DIR [options]')
  .requiredOption('--data <dir>', 'data folder, as for train', path)
  .option('--out <file>', 'picture to write, a PNG', path)
  .addOption(forceOption())
  .option('--seed <n>', 'draws the split where there is no split.json', whole(0, Number.MAX_SAFE_INTEGER), 1)
  .addOption(splitOption())
  .addOption(splitByOption())
  .option('--augment <list>', 'a picture of what train makes of its images with this --augment instead')
  .option(
    '--size <pixels>',
    'width and height, as for train: for this picture, and for what masks lose when they are resized',
    side,
    128,
  )
  .action(run);

async function run(options: CheckOptions): Promise<void> {
  const { data, out, seed, augment, size } = options;
  if (augment !== undefined && out === undefined) {
    throw new InputError('--augment shows what it does as a picture; give a file for it with --out');
  }
  const augmentations = augment === undefined ? undefined : parseAugmentations(augment);
  const picture = out === undefined ? undefined : await outputsOf(options, { '--data': data }).file(out, CONTACT_SHEET);
  const progress = new ProgressBar(options);
  const splitPlan = planOf(options);
  const faults = new Set<string>();
  const note = (found: readonly string[]) => {
    for (const fault of found) faults.add(fault);
  };
  const folder = await readDataFolder(nodeFiles, data, note);
  refuseSecondSplit(splitPlan, data, folder.splitFile !== undefined);
  const plan = splitPlan && completePlan(splitPlan, folder);
  // Without images that do not do, a split may not do either: that is no fault of its own.
  const split = await unlessFaulty(faults.size > 0 ? () => {} : note, () => folder.split(seed, plan));
  const wanted = new Set(!picture || augmentations ? [] : spread([...folder.records.values()], TILES));
  const shown = new Map<number, LabelledImage>();
  const facts = await survey(folder, split ?? NO_SPLIT, size, note, (record, content, done) => {
    if (wanted.has(record)) shown.set(done - 1, content);
    progress.update('reading', done, folder.records.size, `${done} of ${folder.records.size} images`);
  });
  progress.clear();
  const drawn = (augmentations ? faults.size === 0 : shown.size > 0) ? picture : undefined;
  if (drawn) {
    const image = augmentations
      ? await augmentationSheet(augmentations, { ...options, plan: splitPlan })
      : contactSheet(
          [...shown].map(([k, content]) => tileOf(content, facts[k]!)),
          `${folder.dir}: ${shown.size} of ${facts.length} images`,
          folder.classNames,
        );
    await drawn.write(encodePng(image, CONTACT_SHEET.text));
  }
  const summary = summaryOf(folder, facts, size, [...faults].sort());
  const sheet = drawn?.path ?? null;
  report(options, checkLines(summary, sheet), { ...summary, sheet });
  if (faults.size > 0)
    throw new InputError(`${data}: ${plural(faults.size, 'fault')}, listed above; mend them before training`);
}

function tileOf({ image, mask }: LabelledImage, { name, subset, patient, label, pixels }: ImageFacts): ContactTile {
  const foreground = mask.data.length - pixels[0]!;
  const share = foreground === 0 ? 'no mask' : `${((100 * foreground) / mask.data.length).toFixed(1)}%`;
  const notes = [share, subset ?? 'unused', label && `label ${label}`];
  return { name: patient ? `${name} (${patient})` : name, note: notes.filter(Boolean).join(' '), image, mask };
}
