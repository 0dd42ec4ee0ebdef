/**
 * The format `images/NAME.png` + `masks/NAME.png`, of any format of images: an image and its mask have the same name but for
 * the ending, and the same size. A mask
 * holds two values, or the class of each pixel; `classes.json`, a list, names the classes. Or there is a folder of
 * masks for each class.
 */

import { InputError } from '../../base/errors.js';
import { maskedName } from './beside.js';
import { classFolders } from './class-folders.js';
import { guessedNames, parseClasses } from './class-masks.js';
import { type Files, readText, splitName } from './files.js';
import { type Contents, type FolderFormat, ofMasks } from './format.js';
import { type ImageFolder, listImages, listSubfolders } from './listing.js';
import { pairRecords } from './slices.js';

export const pairedFolders: FolderFormat = {
  expected: 'images/NAME.png and masks/NAME.png',

  async recognises({ entries }) {
    return entries.includes('images') && entries.includes('masks');
  },

  async contents({ files, dir, entries, reading }, onFaults): Promise<Contents> {
    const [images, allMasks] = await Promise.all([
      listImages(files, files.join(dir, 'images'), reading),
      listImages(files, files.join(dir, 'masks'), ofMasks(reading)),
    ]);
    if (images.images.size === 0) {
      const found = images.others.length ? `found ${images.others.slice(0, 3).join(', ')}` : 'it is empty';
      throw new InputError(`${images.dir}: no image, ${found}; expected images/NAME.png and masks/NAME.png`);
    }
    const given = entries.includes('classes.json')
      ? await readClasses(files, files.join(dir, 'classes.json'))
      : undefined;
    const subfolders = allMasks.images.size === 0 ? await listSubfolders(files, allMasks.dir) : [];
    const above = entries.filter((entry) => entry !== 'images' && entry !== 'masks' && !entry.startsWith('.'));
    const skipped = [...above.map((entry) => files.join(dir, entry)), ...images.skipped];
    if (subfolders.length > 0)
      return classFolders(files, images, allMasks, subfolders, { given, skipped, onFaults, reading });
    const masks = byImage(allMasks, images);
    onFaults(lonely(files, images, masks, 'mask'), 'without mask');
    onFaults(lonely(files, masks, images, 'image'), 'without image');
    const names = [...images.images.keys()].filter((name) => masks.images.has(name)).sort();
    const pairs = names.map((name) => ({ name, image: images.images.get(name)!, mask: masks.images.get(name)! }));
    const guess = () => guessedNames(reading.instances ? [] : pairs.map(({ mask }) => mask), onFaults);
    const classNames = given ?? (await guess());
    const records = await pairRecords(pairs, classNames.length, reading, onFaults);
    return { records, classNames, skipped: [...skipped, ...masks.skipped] };
  },
};

/** The masks by the names of their images: NAME_mask is that of NAME, where there is none of the same name. */
function byImage(masks: ImageFolder, images: ImageFolder): ImageFolder {
  const nameOf = (stem: string) => {
    const other = images.images.has(stem) ? undefined : maskedName(stem);
    return other !== undefined && images.images.has(other) && !masks.images.has(other) ? other : stem;
  };
  return { ...masks, images: new Map([...masks.images].map(([stem, entry]) => [nameOf(stem), entry])) };
}

async function readClasses(files: Files, path: string): Promise<string[]> {
  return parseClasses(await readText(files, path), path);
}

/** Returns a line for each image of `folder` without one of the same stem among `partners`, which are called `what`. */
function lonely(files: Files, folder: ImageFolder, partners: ImageFolder, what: 'mask' | 'image'): string[] {
  return [...folder.images]
    .filter(([name]) => !partners.images.has(name))
    .map(([name, { path }]) => {
      const other = partners.others.find((file) => splitName(file).stem === name);
      const found = other ? `, found ${other}, which is no image` : '';
      return `${path} has no ${what}: expected ${files.join(partners.dir, `${name}.png`)}${found}`;
    });
}
