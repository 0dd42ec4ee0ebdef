import { join, parse } from 'node:path';
import { InputError } from '../base/errors.js';
import { classFolders } from './class-folders.js';
import { countClasses, indexMask, parseClasses } from './class-masks.js';
import type { Contents, Layout, Pair } from './layout.js';
import { channelsOf, checkedSizes, type Folder, inBatches, listFolder, listSubfolders } from './listing.js';
import { binaryMask } from './mask.js';
import { readPng } from './png.js';
import { readBytes } from './read.js';

/**
 * The layout `images/NAME.png` + `masks/NAME.png`: an image and its mask have the same stem and the same size. A mask
 * holds two values, or the class of each pixel; `classes.json`, a list, names the classes. Or there is a folder of
 * masks for each class.
 */
export const pairedFolders: Layout = {
  expected: 'images/NAME.png and masks/NAME.png',

  async recognises(_dir, entries) {
    return entries.includes('images') && entries.includes('masks');
  },

  async contents(dir, entries): Promise<Contents> {
    const [images, masks] = await Promise.all([listFolder(join(dir, 'images')), listFolder(join(dir, 'masks'))]);
    if (images.pngs.size === 0) {
      const found = images.others.length ? `found ${images.others.slice(0, 3).join(', ')}` : 'it is empty';
      throw new InputError(`${images.dir}: no PNG file, ${found}; expected images/NAME.png and masks/NAME.png`);
    }
    const given = entries.includes('classes.json') ? await readClasses(join(dir, 'classes.json')) : undefined;
    const subfolders = masks.pngs.size === 0 ? await listSubfolders(masks.dir) : [];
    if (subfolders.length > 0) return classFolders(images, masks.dir, subfolders, given);
    requirePartners(images, masks, 'mask');
    requirePartners(masks, images, 'image');
    const names = [...images.pngs.keys()].sort();
    const headers = await inBatches(names, (name) => checkedSizes(images.pngs.get(name)!, [masks.pngs.get(name)!]));
    const classNames = given ?? (await namesOfClasses(names.map((name) => masks.pngs.get(name)!)));
    const pairs = names.map((name, k): Pair => {
      const [imagePath, maskPath] = [images.pngs.get(name)!, masks.pngs.get(name)!];
      return {
        name,
        channels: channelsOf(headers[k]!),
        async read() {
          const [image, mask] = await Promise.all([readPng(imagePath), readPng(maskPath)]);
          const labels =
            classNames.length === 1 ? binaryMask(mask, maskPath) : indexMask(mask, classNames.length, maskPath);
          return { image, mask: labels };
        },
      };
    });
    return { pairs, classNames };
  },
};

async function readClasses(path: string): Promise<string[]> {
  return parseClasses(new TextDecoder().decode(await readBytes(path)), path);
}

/** The names of classes that nobody has named. */
async function namesOfClasses(masks: readonly string[]): Promise<string[]> {
  const count = await countClasses(masks);
  return count === 1 ? ['foreground'] : Array.from({ length: count }, (_, k) => `class ${k + 1}`);
}

/** Every PNG of `folder` needs one of the same stem among `partners`, which are called `what`. */
function requirePartners(folder: Folder, partners: Folder, what: 'mask' | 'image'): void {
  const lonely = [...folder.pngs].filter(([name]) => !partners.pngs.has(name));
  if (lonely.length === 0) return;
  const [name, path] = lonely[0]!;
  const other = partners.others.find((file) => parse(file).name === name);
  const expected = `expected ${join(partners.dir, `${name}.png`)}${other ? `, found ${other}: convert it to PNG` : ''}`;
  const more = lonely.length > 1 ? ` (and ${lonely.length - 1} more without ${what})` : '';
  throw new InputError(`${path} has no ${what}: ${expected}${more}`);
}
