/**
 * The format `images/NAME.png` + `masks/NAME.png`: an image and its mask have the same stem and the same size. A mask
 * holds two values, or the class of each pixel; `classes.json`, a list, names the classes. Or there is a folder of
 * masks for each class.
 */
import { InputError } from '../../base/errors.js';
import { type OnFaults, present, unlessFaulty } from '../faults.js';
import type { ImageRecord } from '../record.js';
import { classFolders } from './class-folders.js';
import { countClasses, indexMask, parseClasses } from './class-masks.js';
import { type Files, readPng, readText, splitName } from './files.js';
import type { Contents, FolderFormat } from './format.js';
import { checkedSizes, factsOf, inBatches, listPngs, listSubfolders, type PngFolder } from './listing.js';
import { binaryMask } from './mask.js';

export const pairedFolders: FolderFormat = {
  expected: 'images/NAME.png and masks/NAME.png',

  async recognises({ entries }) {
    return entries.includes('images') && entries.includes('masks');
  },

  async contents({ files, dir, entries }, onFaults): Promise<Contents> {
    const [images, masks] = await Promise.all([
      listPngs(files, files.join(dir, 'images')),
      listPngs(files, files.join(dir, 'masks')),
    ]);
    if (images.pngs.size === 0) {
      const found = images.others.length ? `found ${images.others.slice(0, 3).join(', ')}` : 'it is empty';
      throw new InputError(`${images.dir}: no PNG file, ${found}; expected images/NAME.png and masks/NAME.png`);
    }
    const given = entries.includes('classes.json')
      ? await readClasses(files, files.join(dir, 'classes.json'))
      : undefined;
    const subfolders = masks.pngs.size === 0 ? await listSubfolders(files, masks.dir) : [];
    const above = entries.filter((entry) => entry !== 'images' && entry !== 'masks' && !entry.startsWith('.'));
    const skipped = [...above.map((entry) => files.join(dir, entry)), ...images.skipped];
    if (subfolders.length > 0) return classFolders(files, images, masks, subfolders, { given, skipped, onFaults });
    onFaults(lonely(files, images, masks, 'mask'), 'without mask');
    onFaults(lonely(files, masks, images, 'image'), 'without image');
    const names = [...images.pngs.keys()].filter((name) => masks.pngs.has(name)).sort();
    const classNames =
      given ??
      (await namesOfClasses(
        files,
        names.map((name) => masks.pngs.get(name)!),
        onFaults,
      ));
    const records = await inBatches(names, (name) => unlessFaulty(onFaults, () => recordOf(name)));

    async function recordOf(name: string): Promise<ImageRecord> {
      const [imagePath, maskPath] = [images.pngs.get(name)!, masks.pngs.get(name)!];
      return {
        name,
        ...factsOf(await checkedSizes(files, imagePath, [maskPath])),
        async read() {
          const [image, mask] = await Promise.all([readPng(files, imagePath), readPng(files, maskPath)]);
          const labels =
            classNames.length === 1 ? binaryMask(mask, maskPath) : indexMask(mask, classNames.length, maskPath);
          return { image, mask: labels };
        },
      };
    }
    return { records: present(records), classNames, skipped: [...skipped, ...masks.skipped] };
  },
};

async function readClasses(files: Files, path: string): Promise<string[]> {
  return parseClasses(await readText(files, path), path);
}

/** Makes names for classes without classes.json. */
async function namesOfClasses(files: Files, masks: readonly string[], onFaults: OnFaults): Promise<string[]> {
  const count = await countClasses(files, masks, onFaults);
  return count === 1 ? ['foreground'] : Array.from({ length: count }, (_, k) => `class ${k + 1}`);
}

/** Returns a line for each PNG of `folder` without one of the same stem among `partners`, which are called `what`. */
function lonely(files: Files, folder: PngFolder, partners: PngFolder, what: 'mask' | 'image'): string[] {
  return [...folder.pngs]
    .filter(([name]) => !partners.pngs.has(name))
    .map(([name, path]) => {
      const other = partners.others.find((file) => splitName(file).stem === name);
      const found = other ? `, found ${other}: convert it to PNG` : '';
      return `${path} has no ${what}: expected ${files.join(partners.dir, `${name}.png`)}${found}`;
    });
}
