/** Paired folders with a folder of masks for each class, `masks/CLASS/NAME.png`. */
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import type { StoredImage } from '../../formats/format.js';
import type { Image } from '../../image/image.js';
import { type OnFaults, present, unlessFaulty } from '../faults.js';
import type { Files } from './files.js';
import { type Contents, type FolderRecord, ofMasks, type ReadingOptions } from './format.js';
import { type ImageFolder, inBatches, listImages } from './listing.js';
import { masksOf } from './mask.js';
import { Shelf, sliceRecords } from './slices.js';

export interface ClassFoldersOptions {
  /** The classes of classes.json. */
  readonly given: readonly string[] | undefined;
  /** Paths that have been ignored before. */
  readonly skipped: readonly string[];
  readonly onFaults: OnFaults;
  readonly reading: ReadingOptions;
}

/**
 * Lists images with the masks of their classes. The classes have the order of classes.json, else that of their names. A
 * class that an image does not show needs no mask; where two overlap, the later class has the pixel.
 * @throws InputError for an image without any mask, a mask without image, a class without folder, sizes that differ
 */
export async function classFolders(
  files: Files,
  images: ImageFolder,
  { dir, others }: ImageFolder,
  subfolders: readonly string[],
  { given, skipped, onFaults, reading }: ClassFoldersOptions,
): Promise<Contents> {
  const classNames = given ?? subfolders;
  const missing = classNames.find((name) => !subfolders.includes(name));
  if (missing !== undefined)
    throw new InputError(`classes.json names ${show(missing)}, but there is no ${files.join(dir, missing)}`);
  const unnamed = subfolders.find((name) => !classNames.includes(name));
  if (unnamed !== undefined)
    throw new InputError(`${files.join(dir, unnamed)}: a class that classes.json does not name; add it`);

  const folders = await Promise.all(
    classNames.map((name) => listImages(files, files.join(dir, name), ofMasks(reading))),
  );
  const lonely = folders.flatMap((folder) => [...folder.images].filter(([name]) => !images.images.has(name)));
  onFaults(
    lonely.map(([name, { path }]) => `${path} has no image: expected ${files.join(images.dir, `${name}.png`)}`),
    'without image',
  );
  const shelf = new Shelf();
  const records = await inBatches([...images.images.keys()].sort(), (name) =>
    unlessFaulty(onFaults, () => recordsOf(name)),
  );

  async function recordsOf(name: string): Promise<FolderRecord[]> {
    const image = images.images.get(name)!;
    const masks = folders.flatMap((folder, k) => {
      const entry = folder.images.get(name);
      return entry ? [{ entry, label: k + 1 }] : [];
    });
    if (masks.length === 0) {
      const expected = files.join(dir, classNames[0]!, `${name}.png`);
      throw new InputError(
        `${image.path} has no mask of any class: expected ${expected} or another; all 0 where it shows none`,
      );
    }
    const entries = masks.map(({ entry }) => entry);
    const foreground = masksOf(reading);
    const toLabels = (stored: readonly StoredImage[]): Image<Uint8Array> => {
      const { width, height } = stored[0]!;
      const data = new Uint8Array(width * height);
      for (const [k, { entry, label }] of masks.entries()) {
        foreground(stored[k]!, entry.path).data.forEach((value, i) => {
          if (value) data[i] = label;
        });
      }
      return { width, height, channels: 1, data };
    };
    return sliceRecords(name, { image, masks: entries, toLabels }, reading, shelf);
  }
  const stray = others.filter((file) => !subfolders.includes(file)).map((file) => files.join(dir, file));
  return {
    records: present(records).flat(),
    classNames,
    skipped: [...skipped, ...stray, ...folders.flatMap((folder) => folder.skipped)],
  };
}
