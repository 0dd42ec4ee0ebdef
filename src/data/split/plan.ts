/** Splits by plan: how many images each subset gets, and whether patients are kept together. */
import { InputError } from '../../base/errors.js';
import { sha256Portable } from '../../base/sha256.js';
import { show } from '../../base/show.js';
import type { ImageRecords } from '../record.js';
import {
  countNames,
  type Group,
  type OriginOf,
  patientsAmong,
  type Split,
  type Subset,
  shuffled,
  smallest,
  strataOf,
  subsets,
  takeAbout,
} from './split.js';

/** What a split keeps together: all images of a patient; or each image alone, and a patient may be in several subsets. */
export const splitUnits = ['patient', 'image'] as const;
export type SplitUnit = (typeof splitUnits)[number];

/** How a split is to be drawn. */
export interface SplitPlan {
  /** How many images are for training, validation and test: numbers, `'2800,200,64'`, or percentages, `'80%,10%,10%'`. */
  readonly sizes: string;
  /** What stays together. Default: 'patient' where patients are known, else 'image'. */
  readonly by?: SplitUnit;
  /** The digest of an earlier `DrawnSplit`; a split is then drawn of the same images only. */
  readonly images?: string;
}

/** How a split was drawn: with the seed, all that is needed to draw it again. */
export interface DrawnSplit extends Required<SplitPlan> {
  /** SHA-256 of the names, patients and labels that it was drawn from. */
  readonly images: string;
}

/** How many images a plan asks for. */
export type SplitCounts = Readonly<Record<Subset, number>>;

const EXPECTED =
  'expected three numbers of images, for training, validation and test, like 2800,200,64, or shares of all images like 80%,10%,10%';

/**
 * Returns the numbers of images that a plan's sizes stand for.
 * @param total the number of all images, of which percentages are taken
 * @throws InputError for sizes that cannot be read, none for training or validation, and shares of more than all
 */
export function splitCounts(sizes: string, total: number): SplitCounts {
  const parts = sizes.split(',').map((part) => part.trim());
  const inShares = parts.every((part) => /^\d+(\.\d+)?%$/.test(part));
  if (parts.length !== 3 || !(inShares || parts.every((part) => /^\d{1,9}$/.test(part)))) {
    throw new InputError(`split ${show(sizes)}: ${EXPECTED}`);
  }
  const [train, validation, test] = parts.map(Number.parseFloat) as [number, number, number];
  for (const [subset, size] of Object.entries({ train, validation })) {
    if (size === 0) throw new InputError(`split ${sizes}: 0 images for ${subset}; it needs at least 1`);
  }
  if (!inShares) return { train, validation, test };
  const sum = train + validation + test;
  // Shares in decimals need not add up to 100 exactly.
  if (sum > 100 + 1e-9) throw new InputError(`split ${sizes}: the shares make ${sum}%; lower one, 100% are all images`);
  const share = (percent: number) => (percent === 0 ? 0 : Math.max(1, Math.round((percent * total) / 100)));
  const [v, t] = [share(validation), share(test)];
  return { train: Math.max(1, share(sum) - v - t), validation: v, test: t };
}

/**
 * Completes a plan for the images that there are.
 * @throws InputError for a split by patients of whom nothing is known, and where these are not the images of `plan.images`
 */
export function completePlan(
  { sizes, by, images }: SplitPlan,
  { dir, records }: { readonly dir: string; readonly records: ImageRecords },
): DrawnSplit {
  const digest = digestOf(records);
  if (images !== undefined && images !== digest) {
    throw new InputError(
      `${dir}: not the images that the split ${sizes} was drawn from, so that images of the training could be in any subset; restore them, or take the subset "all" of other images`,
    );
  }
  const known = [...records.values()].some(({ patient }) => patient !== undefined);
  if (by === 'patient' && !known) {
    throw new InputError(`${dir}: nothing is known of its patients; split by image, or add a patients.json`);
  }
  return { sizes, by: by ?? (known ? 'patient' : 'image'), images: digest };
}

function digestOf(records: ImageRecords): string {
  const facts = Array.from(records.values(), ({ name, patient, label }) => [name, patient ?? null, label ?? null]);
  return sha256Portable(new TextEncoder().encode(JSON.stringify(facts)));
}

/**
 * Draws the subsets that a plan asks for, each as near to its number of images as patients allow, and at least one
 * patient; each label gives its share. Images that no subset asks for are left out.
 * @throws InputError where there are too few images or patients
 */
export function drawPlanned(
  { sizes, by }: DrawnSplit,
  names: readonly string[],
  seed: number,
  source: string,
  originOf: OriginOf,
): Split {
  const sorted = [...names].sort();
  const counts = splitCounts(sizes, sorted.length);
  const sum = counts.train + counts.validation + counts.test;
  if (sum > sorted.length) {
    throw new InputError(
      `${source}: the split ${sizes} needs ${sum} images, there are ${sorted.length}; ask for fewer`,
    );
  }
  const groups = by === 'patient' ? patientsAmong(sorted, originOf) : sorted.map((name) => [name]);
  const wanted = subsets.filter((subset) => counts[subset] > 0);
  if (groups.length < wanted.length) {
    const needed = `one each for ${wanted.slice(0, -1).join(', ')} and ${wanted.at(-1)}`;
    throw new InputError(
      `${source}: the split ${sizes} by patient needs at least ${wanted.length} patients, ${needed}, there are ${groups.length}; ask for fewer subsets, or split by image`,
    );
  }
  let left = shuffled(groups, seed);
  const drawn: Record<Subset, readonly string[]> = { train: [], validation: [], test: [] };
  // The training comes last, and takes what is left where all images are asked for.
  for (const [k, subset] of wanted.reverse().entries()) {
    const later = wanted.length - 1 - k;
    const all = later === 0 && sum === sorted.length;
    const taken = new Set(all ? left : drawAbout(counts[subset], left, left.length - later, originOf));
    left = left.filter((group) => !taken.has(group));
    const held = new Set([...taken].flat());
    drawn[subset] = sorted.filter((name) => held.has(name));
  }
  return drawn;
}

/**
 * Takes groups with about `count` names: of each label what fits into its share, where one label makes up for what the
 * one before is short of, and then any group that is left and brings the number nearer.
 * @param most how many groups may be taken; at least one is
 */
function drawAbout(count: number, groups: readonly Group[], most: number, originOf: OriginOf): Group[] {
  const all = countNames(groups);
  const taken: Group[] = [];
  let [held, due] = [0, 0];
  for (const stratum of strataOf(groups, originOf)) {
    due += (count * countNames(stratum)) / all;
    for (const group of stratum) {
      if (held + group.length > due || taken.length === most) continue;
      taken.push(group);
      held += group.length;
    }
  }
  const left = groups.filter((group) => !taken.includes(group));
  taken.push(...takeAbout(count - held, left, most - taken.length));
  return taken.length > 0 ? taken : [smallest(groups)];
}
