/** Paired folders with a folder of masks for each class, `masks/CLASS/NAME.png`. */
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import { type OnFaults, present, unlessFaulty } from '../faults.js';
import type { ImageRecord } from '../record.js';
import { type Files, readPng } from './files.js';
import type { Contents } from './format.js';
import { checkedSizes, factsOf, inBatches, listPngs, type PngFolder } from './listing.js';
import { readMask } from './mask.js';

export interface ClassFoldersOptions {
  /** The classes of classes.json. */
  readonly given: readonly string[] | undefined;
  /** Paths that have been ignored before. */
  readonly skipped: readonly string[];
  readonly onFaults: OnFaults;
}

/**
 * Lists images with the masks of their classes. The classes have the order of classes.json, else that of their names. A
 * class that an image does not show needs no mask; where two overlap, the later class has the pixel.
 * @throws InputError for an image without any mask, a mask without image, a class without folder, sizes that differ
 */
export async function classFolders(
  files: Files,
  images: PngFolder,
  { dir, others }: PngFolder,
  subfolders: readonly string[],
  { given, skipped, onFaults }: ClassFoldersOptions,
): Promise<Contents> {
  const classNames = given ?? subfolders;
  const missing = classNames.find((name) => !subfolders.includes(name));
  if (missing !== undefined)
    throw new InputError(`classes.json names ${show(missing)}, but there is no ${files.join(dir, missing)}`);
  const unnamed = subfolders.find((name) => !classNames.includes(name));
  if (unnamed !== undefined)
    throw new InputError(`${files.join(dir, unnamed)}: a class that classes.json does not name; add it`);

  const folders = await Promise.all(classNames.map((name) => listPngs(files, files.join(dir, name))));
  const lonely = folders.flatMap(({ pngs }) => [...pngs].filter(([name]) => !images.pngs.has(name)));
  onFaults(
    lonely.map(([name, path]) => `${path} has no image: expected ${files.join(images.dir, `${name}.png`)}`),
    'without image',
  );
  const records = await inBatches([...images.pngs.keys()].sort(), (name) =>
    unlessFaulty(onFaults, () => recordOf(name)),
  );

  async function recordOf(name: string): Promise<ImageRecord> {
    const imagePath = images.pngs.get(name)!;
    const masks = folders.map(({ pngs }) => pngs.get(name));
    const present = masks.filter((path) => path !== undefined);
    if (present.length === 0) {
      const expected = files.join(dir, classNames[0]!, `${name}.png`);
      throw new InputError(
        `${imagePath} has no mask of any class: expected ${expected} or another; all 0 where it shows none`,
      );
    }
    return {
      name,
      ...factsOf(await checkedSizes(files, imagePath, present)),
      async read() {
        const image = await readPng(files, imagePath);
        const data = new Uint8Array(image.width * image.height);
        for (const [k, path] of masks.entries()) {
          if (path === undefined) continue;
          (await readMask(files, path)).data.forEach((value, i) => {
            if (value) data[i] = k + 1;
          });
        }
        return { image, mask: { width: image.width, height: image.height, channels: 1, data } };
      },
    };
  }
  const stray = others.filter((file) => !subfolders.includes(file)).map((file) => files.join(dir, file));
  return {
    records: present(records),
    classNames,
    skipped: [...skipped, ...stray, ...folders.flatMap((folder) => folder.skipped)],
  };
}
