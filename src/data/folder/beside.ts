/**
 * Masks beside their images, in one folder or in a folder for each case: NAME with NAME_mask, NAME_seg or NAME_label, of
 * any format. Where a case has several images, CASE_t1 and CASE_t2 with CASE_seg, these are its channels.
 */

import { InputError } from '../../base/errors.js';
import { guessedNames, parseClasses } from './class-masks.js';
import { readText } from './files.js';
import { type FolderFormat, type ListedFolder, ofMasks } from './format.js';
import { type Entry, entryOf, inBatches, listImages, listSubfolders, stackedEntry } from './listing.js';
import { pairRecords } from './slices.js';

/** The ends of the names of masks. */
const MASK = /^(.+?)[_-](?:mask|seg|segmentation|label|labels|gt)$/i;

/** The name of the image that a mask of this name is of, or undefined where the name is that of no mask. */
export function maskedName(stem: string): string | undefined {
  return MASK.exec(stem)?.[1];
}

export const beside: FolderFormat = {
  expected: 'NAME with NAME_mask beside it',

  async recognises(folder) {
    const { images } = await listed(folder);
    return [...images.keys()].some((stem) => maskedName(stem) !== undefined);
  },

  async contents(folder, onFaults) {
    const { files, dir, entries, reading } = folder;
    const { images, skipped } = await listed(folder);
    const cases = casesOf(images);
    onFaults(lonely(images, cases), 'without mask');
    const pairs = cases.map(({ name, parts, mask }) => {
      return { name, image: stackedEntry(parts), mask: entryOf(files, mask.path, ofMasks(reading)) };
    });
    const given = entries.includes('classes.json') ? files.join(dir, 'classes.json') : undefined;
    const guess = () => guessedNames(reading.instances ? [] : pairs.map(({ mask }) => mask), onFaults);
    const classNames = given ? parseClasses(await readText(files, given), given) : await guess();
    const records = await pairRecords(pairs, classNames.length, reading, onFaults);
    return { records, classNames, skipped };
  },
};

/** The images of the folder and of those in it, by their names. */
async function listed({ files, dir, reading }: Pick<ListedFolder, 'files' | 'dir' | 'reading'>) {
  const folders = [dir, ...(await listSubfolders(files, dir)).map((name) => files.join(dir, name))];
  const lists = await inBatches(folders, (folder) => listImages(files, folder, reading));
  const images = new Map<string, Entry>();
  for (const [stem, entry] of lists.flatMap((list) => [...list.images])) {
    const twin = images.get(stem);
    if (twin) throw new InputError(`${twin.path} and ${entry.path} have the same name; rename one of them`);
    images.set(stem, entry);
  }
  const isFolder = new Set(folders);
  return { images, skipped: lists.flatMap((list) => list.skipped).filter((path) => !isFolder.has(path)) };
}

/** An image, of one or several files, and its mask. */
interface Case {
  readonly name: string;
  /** The ends of the names of its files: '' where there is one. */
  readonly ends: readonly string[];
  readonly parts: readonly Entry[];
  readonly mask: Entry;
}

/** @throws InputError where cases have other channels than the first one, or a mask has no image */
function casesOf(images: ReadonlyMap<string, Entry>): Case[] {
  const pictures = [...images].filter(([stem]) => maskedName(stem) === undefined);
  const cases = [...images].flatMap(([stem, mask]): Case[] => {
    const name = maskedName(stem);
    if (name === undefined) return [];
    const same = images.get(name);
    const parts = same ? [[name, same] as const] : pictures.filter(([other]) => /^[_-]/.test(endOf(other, name) ?? ''));
    const ends = parts.map(([other]) => endOf(other, name)!);
    return [{ name, ends, parts: parts.map(([, entry]) => entry), mask }];
  });
  const none = cases.find(({ parts }) => parts.length === 0);
  if (none)
    throw new InputError(
      `${none.mask.path} has no image: expected ${none.name} beside it, with the ending of an image`,
    );
  const [first] = cases;
  const other = cases.find(({ ends }) => ends.join() !== first!.ends.join());
  if (!other) return cases.sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = ({ name, ends }: Case) => ends.map((end) => name + end).join(', ');
  throw new InputError(
    `${other.name} has the channels ${files(other)}, and ${first!.name} has ${files(first!)}; give all cases the same ones`,
  );
}

/** What a name has after another one; undefined where it does not begin with it. */
function endOf(stem: string, name: string): string | undefined {
  return stem.startsWith(name) ? stem.slice(name.length) : undefined;
}

/** Returns a line for each image that belongs to no mask. */
function lonely(images: ReadonlyMap<string, Entry>, cases: readonly Case[]): string[] {
  const used = new Set(cases.flatMap(({ parts, mask }) => [...parts, mask]));
  return [...images]
    .filter(([, entry]) => !used.has(entry))
    .map(([stem, { path }]) => `${path} has no mask: expected ${stem}_mask beside it, with the ending of an image`);
}
