import { InputError } from '../base/errors.js';
import { fold, Random, seedKey } from '../base/random.js';
import { parseJson } from './json.js';

/** `test` is for the last word and may be empty; the other two never are. */
export type Subset = 'train' | 'validation' | 'test';

/** Which names of a data set are for what. A name is in at most one subset. */
export type Split = Readonly<Record<Subset, readonly string[]>>;

export const subsets: readonly Subset[] = ['train', 'validation', 'test'];
const EXPECTED = 'expected {"train": [NAME, ...], "validation": [NAME, ...], "test": [NAME, ...]}, "test" if you like';

/**
 * Reads the text of a split.json. Names that it leaves out are in no subset.
 * @param known the names that there are
 * @param file how errors call the file
 * @throws InputError on broken JSON (with line and column), another structure, a name that is not known, and a name
 * that stands twice: in two subsets it would let a model be judged on what it was trained on.
 */
export function parseSplit(text: string, known: readonly string[], file: string): Split {
  const json = parseJson(text, file);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new InputError(
      `${file}: ${EXPECTED}, found ${Array.isArray(json) ? 'a list' : json === null ? 'null' : `a ${typeof json}`}`,
    );
  }
  const stray = Object.keys(json).find((key) => !subsets.includes(key as Subset));
  if (stray !== undefined) throw new InputError(`${file}: unknown subset "${stray}"; ${EXPECTED}`);

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
      if (!names.has(name)) throw new InputError(`${file}: "${subset}" names "${name}", ${whatIsKnown(name, names)}`);
      const other = seenIn.get(name);
      if (other === subset) throw new InputError(`${file}: "${subset}" names "${name}" twice; name it once`);
      if (other) throw new InputError(`${file}: "${name}" is in "${other}" and in "${subset}"; keep it in one of them`);
      seenIn.set(name, subset);
    }
    return list;
  };
  return { train: read('train'), validation: read('validation'), test: read('test') };
}

/** Draws a fifth of the names, at least one, for validation and leaves the others for training; no test set. */
export function drawSplit(names: readonly string[], seed: number, source: string): Split {
  if (names.length < 2) {
    throw new InputError(`${source}: ${names.length} pair; training needs at least 2, one of them for validation`);
  }
  // Sorted by code units first: the order of a folder's listing and the machine's language must not matter.
  const sorted = [...names].sort();
  const order = new Random(fold(seedKey(seed), 'split')).permutation(sorted.length);
  const held = new Set(order.slice(0, Math.max(1, Math.round(sorted.length / 5))));
  return {
    train: sorted.filter((_, i) => !held.has(i)),
    validation: sorted.filter((_, i) => held.has(i)),
    test: [],
  };
}

function whatIsKnown(name: string, names: ReadonlySet<string>): string {
  const stem = name.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
  if (names.has(stem)) return `which must be written "${stem}": names come without folder and ending`;
  return `which is none of the ${names.size} images`;
}
