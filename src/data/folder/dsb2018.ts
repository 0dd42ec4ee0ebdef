import { join } from 'node:path';
import { InputError } from '../../base/errors.js';
import { channelsOf } from '../../formats/png/header.js';
import type { Image } from '../../image/image.js';
import { readPng, readPngHeader } from '../../platform/node/files/read-png.js';
import { present, unlessFaulty } from '../faults.js';
import type { FolderFormat, Item } from './format.js';
import { type Folder, inBatches, listFolder, listSubfolders, requireSize, skippedIn } from './listing.js';
import { readMask } from './mask.js';

/**
 * The layout of the 2018 Data Science Bowl (BBBC038): `ID/images/ID.png` with one mask for each nucleus in
 * `ID/masks/`, which are united here. The masks, 44 to an image, are looked at when they are read.
 */
export const dsb2018: FolderFormat = {
  expected: 'ID/images/ID.png and ID/masks/*.png',

  async recognises(dir, entries) {
    const visible = entries.filter((entry) => !entry.startsWith('.'));
    for (const entry of visible) if (await isCase(join(dir, entry))) return true;
    return false;
  },

  async contents(dir, entries, onFaults) {
    const cases = await listSubfolders(dir);
    const skipped = entries.filter((entry) => !cases.includes(entry) && !entry.startsWith('.'));
    const paths = skipped.map((entry) => join(dir, entry));
    const note = (folders: readonly Folder[]) => paths.push(...folders.flatMap(skippedIn));
    const read = (name: string) => unlessFaulty(onFaults, () => caseIn(join(dir, name), name, note));
    const pairs = await inBatches(cases, read, 16);
    return { pairs: present(pairs), classNames: ['nucleus'], skipped: paths.sort() };
  },
};

async function isCase(dir: string): Promise<boolean> {
  const subfolders = await listSubfolders(dir);
  return subfolders.includes('images') && subfolders.includes('masks');
}

async function caseIn(dir: string, name: string, note: (folders: readonly Folder[]) => void): Promise<Item> {
  if (!(await isCase(dir)))
    throw new InputError(`${dir}: expected ${dir}/images and ${dir}/masks; remove it or complete it`);
  const [images, masks] = await Promise.all([listFolder(join(dir, 'images')), listFolder(join(dir, 'masks'))]);
  note([images, masks]);
  if (images.pngs.size !== 1) {
    throw new InputError(`${images.dir}: ${images.pngs.size} PNG files, expected one, ${name}.png`);
  }
  if (masks.pngs.size === 0) {
    throw new InputError(`${masks.dir}: no PNG file; an image without an object needs one mask that is all 0`);
  }
  const [imagePath] = images.pngs.values();
  const maskPaths = [...masks.pngs.values()];
  return {
    name,
    channels: channelsOf(await readPngHeader(imagePath!)),
    async read() {
      const image = await readPng(imagePath!);
      return { image, mask: await united(imagePath!, image, maskPaths) };
    },
  };
}

/** 1 wherever one of the masks is. */
async function united(
  imagePath: string,
  { width, height }: Image,
  maskPaths: readonly string[],
): Promise<Image<Uint8Array>> {
  const data = new Uint8Array(width * height);
  for (const path of maskPaths) {
    const mask = await readMask(path);
    requireSize(imagePath, { width, height }, path, mask);
    mask.data.forEach((value, i) => {
      if (value) data[i] = 1;
    });
  }
  return { width, height, channels: 1, data };
}
