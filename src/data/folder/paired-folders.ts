/**
 * The format `images/NAME.png` + `masks/NAME.png`, of any format of images: an image and its mask have the same name but for
 * the ending, and the same size. A mask
 * holds two values, or the class of each pixel; `classes.json`, a list, names the classes. Or there is a folder of
 * masks for each class.
 */
import { InputError } from '../../base/errors.js';
import type { StoredImage } from '../../formats/format.js';
import { type OnFaults, present, unlessFaulty } from '../faults.js';
import { classFolders } from './class-folders.js';
import { countClasses, indexMask, parseClasses } from './class-masks.js';
import { type Files, readText, splitName } from './files.js';
import type { Contents, FolderFormat } from './format.js';
import { type Entry, type ImageFolder, inBatches, listImages, listSubfolders } from './listing.js';
import { binaryMask } from './mask.js';
import { Shelf, sliceRecords } from './slices.js';

export const pairedFolders: FolderFormat = {
  expected: 'images/NAME.png and masks/NAME.png',

  async recognises({ entries }) {
    return entries.includes('images') && entries.includes('masks');
  },

  async contents({ files, dir, entries }, onFaults): Promise<Contents> {
    const [images, masks] = await Promise.all([
      listImages(files, files.join(dir, 'images')),
      listImages(files, files.join(dir, 'masks')),
    ]);
    if (images.images.size === 0) {
      const found = images.others.length ? `found ${images.others.slice(0, 3).join(', ')}` : 'it is empty';
      throw new InputError(`${images.dir}: no image, ${found}; expected images/NAME.png and masks/NAME.png`);
    }
    const given = entries.includes('classes.json')
      ? await readClasses(files, files.join(dir, 'classes.json'))
      : undefined;
    const subfolders = masks.images.size === 0 ? await listSubfolders(files, masks.dir) : [];
    const above = entries.filter((entry) => entry !== 'images' && entry !== 'masks' && !entry.startsWith('.'));
    const skipped = [...above.map((entry) => files.join(dir, entry)), ...images.skipped];
    if (subfolders.length > 0) return classFolders(files, images, masks, subfolders, { given, skipped, onFaults });
    onFaults(lonely(files, images, masks, 'mask'), 'without mask');
    onFaults(lonely(files, masks, images, 'image'), 'without image');
    const names = [...images.images.keys()].filter((name) => masks.images.has(name)).sort();
    const classNames =
      given ??
      (await namesOfClasses(
        names.map((name) => masks.images.get(name)!),
        onFaults,
      ));
    const shelf = new Shelf();
    const records = await inBatches(names, (name) => {
      const [image, mask] = [images.images.get(name)!, masks.images.get(name)!];
      const toLabels = ([stored]: readonly StoredImage[]) => {
        const classes = classNames.length;
        return classes === 1 ? binaryMask(stored!, mask.path) : indexMask(stored!, classes, mask.path);
      };
      return unlessFaulty(onFaults, () => sliceRecords(name, image, [mask], toLabels, shelf));
    });
    return { records: present(records).flat(), classNames, skipped: [...skipped, ...masks.skipped] };
  },
};

async function readClasses(files: Files, path: string): Promise<string[]> {
  return parseClasses(await readText(files, path), path);
}

/** Makes names for classes without classes.json. */
async function namesOfClasses(masks: readonly Entry[], onFaults: OnFaults): Promise<string[]> {
  const count = await countClasses(masks, onFaults);
  return count === 1 ? ['foreground'] : Array.from({ length: count }, (_, k) => `class ${k + 1}`);
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
