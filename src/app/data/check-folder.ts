/** A check of a data folder before hours of training are spent on it, and a picture of its images. */

import { files } from '#platform/data.js';
import { InputError } from '../../base/errors.js';
import { evenly } from '../../base/evenly.js';
import { parseAugmentations } from '../../data/augment/augment.js';
import { unlessFaulty } from '../../data/faults.js';
import { type DataFolder, readDataFolder } from '../../data/folder/folder.js';
import type { ReadingOptions } from '../../data/folder/format.js';
import { type ImageFacts, survey } from '../../data/folder/survey.js';
import type { LabelledImage } from '../../data/record.js';
import { completePlan } from '../../data/split/plan.js';
import type { Split } from '../../data/split/split.js';
import { encodePng } from '../../formats/png/encode.js';
import type { Fit } from '../../image/prepare.js';
import { type ContactTile, contactSheet } from '../../report/contact.js';
import { CONTACT_SHEET } from '../kinds.js';
import type { Observer } from '../observer.js';
import { readingOf } from '../options/data-options.js';
import { planOf, refuseSecondSplit, type SplitOptions } from '../options/split-options.js';
import { type ForceOption, outputsOf } from '../outputs.js';
import { augmentationSheet } from './augmentation-sheet.js';

export interface CheckFolderOptions extends ForceOption, SplitOptions, ReadingOptions {
  /** The data folder. */
  readonly data: string;
  /** A PNG file for the picture. */
  readonly out?: string;
  /** The seed with which the split is drawn where the folder has none. */
  readonly seed: number;
  /** The augmentations whose effect on training images is shown, instead of the images with their masks. */
  readonly augment?: string;
  /**
   * Whether patients are shown that stand inside of files. Names that the user gave, in names of files or in
   * patients.json, always are.
   */
  readonly showPatients?: boolean;
  /** Width and height of the images in a training, and how they are brought to it. */
  readonly size: number;
  readonly fit?: Fit;
}

/** What was found. */
export interface FolderCheck {
  readonly folder: DataFolder;
  /** Whether the patients of images may be named. */
  readonly namesPatients: boolean;
  /** The facts of each image that can be read. */
  readonly facts: readonly ImageFacts[];
  /** What a training would refuse, sorted; these images are in none of the facts. */
  readonly faults: readonly string[];
  /** The path of the picture, or null where none was drawn. */
  readonly sheet: string | null;
}

const NO_SPLIT: Split = { train: [], validation: [], test: [] };

/** How many images the contact sheet shows at most. */
const TILES = 48;

/** Checks a folder. @throws InputError for options that do not fit each other, or a folder that is no data folder */
export async function checkFolder(options: CheckFolderOptions, observer: Observer): Promise<FolderCheck> {
  const { data, out, seed, augment, showPatients = false } = options;
  if (augment !== undefined && out === undefined) {
    throw new InputError('--augment shows what it does as a picture; give a file for it with --out');
  }
  const augmentations = augment === undefined ? undefined : parseAugmentations(augment);
  const picture = out === undefined ? undefined : await outputsOf(options, { '--data': data }).file(out, CONTACT_SHEET);
  const splitPlan = planOf(options);
  const faults = new Set<string>();
  const note = (found: readonly string[]) => {
    for (const fault of found) faults.add(fault);
  };
  const folder = await readDataFolder(files, data, { ...readingOf(options), onFaults: note });
  refuseSecondSplit(splitPlan, data, folder.splitFile !== undefined);
  const namesPatients = showPatients || !folder.hasIdentities;
  const plan = splitPlan && completePlan(splitPlan, folder);
  // Where images are left out, a split may be impossible, which is not another fault.
  const split = await unlessFaulty(faults.size > 0 ? () => {} : note, () => folder.split(seed, plan));
  const wanted = new Set(!picture || augmentations ? [] : evenly([...folder.records.values()], TILES));
  const shown = new Map<number, LabelledImage>();
  const total = folder.records.size;
  const facts = await survey(folder, split ?? NO_SPLIT, options, note, (pair, content, done) => {
    if (wanted.has(pair)) shown.set(done - 1, content);
    observer.progress?.({ phase: 'reading', done, total });
  });
  const drawn = (augmentations ? faults.size === 0 : shown.size > 0) ? picture : undefined;
  if (drawn) {
    const image = augmentations
      ? await augmentationSheet(augmentations, { ...options, plan: splitPlan })
      : contactSheet(
          [...shown].map(([k, content]) => tileOf(content, facts[k]!, namesPatients)),
          `${folder.dir}: ${shown.size} of ${facts.length} images`,
          folder.classNames,
        );
    await drawn.write(encodePng(image, CONTACT_SHEET.text));
  }
  return { folder, namesPatients, facts, faults: [...faults].sort(), sheet: drawn?.path ?? null };
}

function tileOf({ image, mask }: LabelledImage, facts: ImageFacts, namesPatients: boolean): ContactTile {
  const { name, subset, label, pixels } = facts;
  const patient = namesPatients ? facts.patient : undefined;
  const foreground = mask.data.length - pixels[0]!;
  const share = foreground === 0 ? 'no mask' : `${((100 * foreground) / mask.data.length).toFixed(1)}%`;
  const notes = [share, subset ?? 'unused', label && `label ${label}`];
  return { name: patient ? `${name} (${patient})` : name, note: notes.filter(Boolean).join(' '), image, mask };
}
