/**
 * The format of the 2018 Data Science Bowl (BBBC038): `ID/images/ID.png` with one mask for each nucleus in `ID/masks/`,
 * which are united here. The masks, 44 to an image, are checked when they are read.
 */
import { InputError } from '../../base/errors.js';
import type { ImageHeader } from '../../formats/format.js';
import { onlySlice } from '../../formats/formats.js';
import type { Image } from '../../image/image.js';
import { present, unlessFaulty } from '../faults.js';
import type { Files } from './files.js';
import type { FolderFormat, FolderRecord } from './format.js';
import { type Entry, type ImageFolder, inBatches, listImages, listSubfolders } from './listing.js';
import { binaryMask } from './mask.js';
import { requireSize } from './slices.js';

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
    const note = (folders: readonly ImageFolder[]) => paths.push(...folders.flatMap((folder) => folder.skipped));
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
  note: (folders: readonly ImageFolder[]) => void,
): Promise<FolderRecord> {
  if (!(await isCase(files, dir)))
    throw new InputError(`${dir}: expected ${dir}/images and ${dir}/masks; remove it or complete it`);
  const [images, masks] = await Promise.all([
    listImages(files, files.join(dir, 'images')),
    listImages(files, files.join(dir, 'masks')),
  ]);
  note([images, masks]);
  if (images.images.size !== 1) {
    throw new InputError(`${images.dir}: ${images.images.size} images, expected one, ${name}.png`);
  }
  if (masks.images.size === 0) {
    throw new InputError(`${masks.dir}: no mask; an image without an object needs one mask that is all 0`);
  }
  const [image] = images.images.values();
  const { header, format } = await image!.open();
  const { width, height, channels, samples } = header;
  return {
    name,
    file: { path: image!.path, name, format, header },
    width,
    height,
    channels,
    samples,
    async read() {
      const stored = await onlySlice(await image!.open(), image!.path);
      return { image: stored, mask: await united(image!, header, [...masks.images.values()]) };
    },
  };
}

/** Unites masks: 1 wherever one of them is. */
async function united(image: Entry, header: ImageHeader, masks: readonly Entry[]): Promise<Image<Uint8Array>> {
  const { width, height } = header;
  const data = new Uint8Array(width * height);
  for (const { path, open } of masks) {
    const opened = await open();
    requireSize(image.path, header, path, opened.header);
    const mask = binaryMask(await onlySlice(opened, path), path);
    mask.data.forEach((value, i) => {
      if (value) data[i] = 1;
    });
  }
  return { width, height, channels: 1, data };
}
