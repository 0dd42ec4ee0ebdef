import { readdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { InputError } from '../base/errors.js';
import type { Layout, Pair } from './layout.js';
import { readMask } from './mask.js';
import { readPng, readPngHeader } from './png.js';

/** The layout `images/NAME.png` + `masks/NAME.png`: an image and its mask have the same stem and the same size. */
export const pairedFolders: Layout = {
  expected: 'images/NAME.png and masks/NAME.png',

  recognises(entries) {
    return entries.includes('images') && entries.includes('masks');
  },

  async pairs(dir) {
    const [images, masks] = await Promise.all([listFolder(join(dir, 'images')), listFolder(join(dir, 'masks'))]);
    if (images.pngs.size === 0) {
      const found = images.others.length ? `found ${images.others.slice(0, 3).join(', ')}` : 'it is empty';
      throw new InputError(`${images.dir}: no PNG file, ${found}; expected images/NAME.png and masks/NAME.png`);
    }
    requirePartners(images, masks, 'mask');
    requirePartners(masks, images, 'image');
    const names = [...images.pngs.keys()].sort();
    return inBatches(names, (name) => checkedPair(name, images.pngs.get(name)!, masks.pngs.get(name)!));
  },
};

interface Folder {
  readonly dir: string;
  /** Path by stem. */
  readonly pngs: ReadonlyMap<string, string>;
  /** Names of the files that are no PNG; hidden files are passed over. */
  readonly others: readonly string[];
}

async function listFolder(dir: string): Promise<Folder> {
  const pngs = new Map<string, string>();
  const others: string[] = [];
  const files = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${dir}: cannot be listed: ${error.code === 'ENOTDIR' ? 'it is not a folder' : error.code}`);
  });
  for (const file of files.sort()) {
    const { name, ext } = parse(file);
    if (file.startsWith('.')) continue;
    if (ext.toLowerCase() !== '.png') {
      others.push(file);
      continue;
    }
    const path = join(dir, file);
    const twin = pngs.get(name);
    if (twin) throw new InputError(`${twin} and ${path} have the same name; keep one of them`);
    pngs.set(name, path);
  }
  return { dir, pngs, others };
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

async function checkedPair(name: string, imagePath: string, maskPath: string): Promise<Pair> {
  const [image, mask] = await Promise.all([readPngHeader(imagePath), readPngHeader(maskPath)]);
  if (image.width !== mask.width || image.height !== mask.height) {
    const sizes = `${imagePath} is ${image.width}x${image.height}, its mask ${maskPath} is ${mask.width}x${mask.height}`;
    throw new InputError(`${sizes}; they must have the same size`);
  }
  return {
    name,
    channels: image.colourType.startsWith('grey') ? 1 : 3,
    async read() {
      const [image, mask] = await Promise.all([readPng(imagePath), readMask(maskPath)]);
      return { image, mask };
    },
  };
}

/** `run` on every item, a few at a time: a data set may hold more files than a process may open at once. */
async function inBatches<T, R>(items: readonly T[], run: (item: T) => Promise<R>, batch = 32): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += batch) {
    results.push(...(await Promise.all(items.slice(i, i + batch).map(run))));
  }
  return results;
}
