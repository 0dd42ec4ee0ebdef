/**
 * The format of the 2018 Data Science Bowl (BBBC038): `ID/images/ID.png` with one mask for each nucleus in `ID/masks/`,
 * which are united here. The masks, 44 to an image, are checked when they are read.
 */
import { InputError } from '../../base/errors.js';
import type { Image } from '../../image/image.js';
import { present, unlessFaulty } from '../faults.js';
import type { ImageRecord } from '../record.js';
import { type Files, readPng, readPngHeader } from './files.js';
import type { FolderFormat } from './format.js';
import { factsOf, inBatches, listPngs, listSubfolders, type PngFolder, requireSize } from './listing.js';
import { readMask } from './mask.js';

export const dsb2018: FolderFormat = {
  expected: 'ID/images/ID.png and ID/masks/*.png',

  async recognises({ files, dir, entries }) {
    const visible = entries.filter((entry) => !entry.startsWith('.'));
    for (const entry of visible) if (await isCase(files, files.join(dir, entry))) return true;
    return false;
  },

  async contents({ files, dir, entries }, onFaults) {
    const cases = await listSubfolders(files, dir);
    const skipped = entries.filter((entry) => !cases.includes(entry) && !entry.startsWith('.'));
    const paths = skipped.map((entry) => files.join(dir, entry));
    const note = (folders: readonly PngFolder[]) => paths.push(...folders.flatMap((folder) => folder.skipped));
    const read = (name: string) => unlessFaulty(onFaults, () => recordIn(files, files.join(dir, name), name, note));
    const records = await inBatches(cases, read, 16);
    return { records: present(records), classNames: ['nucleus'], skipped: paths.sort() };
  },
};

async function isCase(files: Files, dir: string): Promise<boolean> {
  const subfolders = await listSubfolders(files, dir);
  return subfolders.includes('images') && subfolders.includes('masks');
}

async function recordIn(
  files: Files,
  dir: string,
  name: string,
  note: (folders: readonly PngFolder[]) => void,
): Promise<ImageRecord> {
  if (!(await isCase(files, dir)))
    throw new InputError(`${dir}: expected ${dir}/images and ${dir}/masks; remove it or complete it`);
  const [images, masks] = await Promise.all([
    listPngs(files, files.join(dir, 'images')),
    listPngs(files, files.join(dir, 'masks')),
  ]);
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
    ...factsOf(await readPngHeader(files, imagePath!)),
    async read() {
      const image = await readPng(files, imagePath!);
      return { image, mask: await united(files, imagePath!, image, maskPaths) };
    },
  };
}

/** Unites masks: 1 wherever one of them is. */
async function united(
  files: Files,
  imagePath: string,
  { width, height }: Image,
  maskPaths: readonly string[],
): Promise<Image<Uint8Array>> {
  const data = new Uint8Array(width * height);
  for (const path of maskPaths) {
    const mask = await readMask(files, path);
    requireSize(imagePath, { width, height }, path, mask);
    mask.data.forEach((value, i) => {
      if (value) data[i] = 1;
    });
  }
  return { width, height, channels: 1, data };
}
