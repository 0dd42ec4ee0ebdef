/** Splits: which images are for training, for validation and for testing; read from split.json, or drawn. */
import { InputError } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';
import { fold, Random, seedKey } from '../../base/random.js';
import { show } from '../../base/show.js';
import type { Origin } from '../record.js';

/** A part of a data set. `test` is for the final measurement and may be empty; the other two never are. */
export type Subset = 'train' | 'validation' | 'test';

/** The names of the images of each subset. A name is in at most one. */
export type Split = Readonly<Record<Subset, readonly string[]>>;

export const subsets: readonly Subset[] = ['train', 'validation', 'test'];
const EXPECTED = 'expected {"train": [NAME, ...], "validation": [NAME, ...], "test": [NAME, ...]}, "test" if you like';

/**
 * Reads the text of a split.json. Names that it leaves out are in no subset.
 * @param known the names of all images
 * @param file the file's name, for errors
 * @throws InputError on broken JSON (with line and column), another structure, a name that is not known, and a name
 *   that occurs twice: in two subsets it would let a model be judged on what it was trained on
 */
export function parseSplit(text: string, known: readonly string[], file: string): Split {
  const json = parseJson(text, file);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new InputError(
      `${file}: ${EXPECTED}, found ${Array.isArray(json) ? 'a list' : json === null ? 'null' : `a ${typeof json}`}`,
    );
  }
  const stray = Object.keys(json).find((key) => !subsets.includes(key as Subset));
  if (stray !== undefined) throw new InputError(`${file}: unknown subset ${show(stray)}; ${EXPECTED}`);

  const names = new Set(known);
  const seenIn = new Map<string, Subset>();
  const read = (subset: Subset): readonly string[] => {
    const list: unknown = (json as Partial<Record<Subset, unknown>>)[subset] ?? [];
    if (!Array.isArray(list) || !list.every((name) => typeof name === 'string')) {
      throw new InputError(`${file}: "${subset}" must be a list of names; ${EXPECTED}`);
    }
    if (list.length === 0 && subset !== 'test') {
      throw new InputError(`${file}: "${subset}" names no image; it needs at least 1`);
    }
    for (const name of list) {
      if (!names.has(name))
        throw new InputError(`${file}: "${subset}" names ${show(name)}, ${whatIsKnown(name, names)}`);
      const other = seenIn.get(name);
      if (other === subset) throw new InputError(`${file}: "${subset}" names ${show(name)} twice; name it once`);
      if (other)
        throw new InputError(`${file}: ${show(name)} is in "${other}" and in "${subset}"; keep it in one of them`);
      seenIn.set(name, subset);
    }
    return list;
  };
  return { train: read('train'), validation: read('validation'), test: read('test') };
}

/** Names that stay together. */
export type Group = readonly string[];

/** Returns what is known of an image. */
export type OriginOf = (name: string) => Origin | undefined;

/**
 * Draws about a fifth of the images, at least one, for validation and leaves the others for training; no test set.
 * Images of one patient stay together, and each label gives a fifth of its own images as far as its patients allow.
 * @param originOf an image without a patient stands for itself
 * @throws InputError unless there are two images, and of two patients
 */
export function drawSplit(
  names: readonly string[],
  seed: number,
  source: string,
  originOf: OriginOf = () => undefined,
): Split {
  if (names.length < 2) {
    throw new InputError(`${source}: ${names.length} pair; training needs at least 2, one of them for validation`);
  }
  // Sorted by code units first: the order of a folder's listing and the machine's language must not matter.
  const sorted = [...names].sort();
  const groups = patientsAmong(sorted, originOf);
  if (groups.length < 2) {
    throw new InputError(
      `${source}: all ${names.length} images are of one patient; training needs at least 2 patients, or a split.json`,
    );
  }
  const order = shuffled(groups, seed);
  const taken = strataOf(order, originOf).flatMap((stratum) => takeAbout(countNames(stratum) / 5, stratum));
  // Where each stratum is too small to give a patient, the smallest of all, of equals the first drawn, is held out.
  const held = new Set(taken.length > 0 ? taken.flat() : smallest(order));
  return {
    train: sorted.filter((name) => !held.has(name)),
    validation: sorted.filter((name) => held.has(name)),
    test: [],
  };
}

/**
 * Takes groups, in their order, as long as each brings the number of names nearer to `target`.
 * @param most how many groups may be taken
 */
export function takeAbout(target: number, groups: readonly Group[], most = groups.length): Group[] {
  const taken: Group[] = [];
  let held = 0;
  for (const group of groups) {
    const gain = Math.abs(held - target) - Math.abs(held + group.length - target);
    if (gain <= 0 || taken.length === most) continue;
    taken.push(group);
    held += group.length;
  }
  return taken;
}

/** Returns the first of the smallest groups. */
export function smallest(groups: readonly Group[]): Group {
  return groups.reduce((a, b) => (b.length < a.length ? b : a));
}

/** Returns the groups in an order that the seed draws. */
export function shuffled(groups: readonly Group[], seed: number): Group[] {
  return new Random(fold(seedKey(seed), 'split')).permutation(groups.length).map((k) => groups[k]!);
}

/** Returns the images of each patient as a group; an image without a patient is a group of its own. */
export function patientsAmong(names: readonly string[], originOf: OriginOf): Group[] {
  return [...groupBy(names, (name) => originOf(name)?.patient ?? `image ${name}`).values()];
}

/** Returns the groups by label; a patient counts for the label of the first image. */
export function strataOf(groups: readonly Group[], originOf: OriginOf): Group[][] {
  return [...groupBy(groups, ([first]) => originOf(first!)?.label ?? '').values()];
}

export function countNames(groups: readonly Group[]): number {
  return groups.reduce((sum, group) => sum + group.length, 0);
}

/** Returns lists of the items with the same key, in the order of the first item of each. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function whatIsKnown(name: string, names: ReadonlySet<string>): string {
  const stem = name.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
  if (names.has(stem)) return `which must be written ${show(stem)}: names come without folder and ending`;
  return `which is none of the ${names.size} images`;
}
