/** The data folder that a folder is part of, found by the names in it. */
import { readdir } from 'node:fs/promises';
import { dirname, extname, join, relative, sep } from 'node:path';
import { listSubfolders } from '../../../data/folder/listing.js';
import { HEAD_BYTES } from '../../../formats/file-kind.js';
import { isOwnPng } from '../../../formats/png/kind.js';
import { nodeFiles } from './node-files.js';
import { exists } from './paths.js';
import { openFile } from './read.js';

/**
 * The data folder that files in `folder`, which need not be there yet, would be part of: itself, or one above it that
 * reads its images and masks there. Undefined where there is none.
 *
 * Masks that this program predicted are not yet a data set: `images` beside `masks` may be its input and its output.
 */
export async function dataFolderAt(folder: string): Promise<string | undefined> {
  const [above, furtherAbove] = [dirname(folder), dirname(dirname(folder))];
  for (const dir of [folder, above, furtherAbove]) {
    const [part = ''] = relative(dir, folder).split(sep);
    if (['', 'images', 'masks'].includes(part) && (await holdsPairs(dir))) return dir;
  }
  for (const dir of [folder, above]) if (await holdsCases(dir)) return dir;
  return (await namesIn(folder)).some(isOf('.mat')) ? folder : undefined;
}

/** Whether it holds `images/` and `masks/` with a mask that this program has not predicted. */
async function holdsPairs(dir: string): Promise<boolean> {
  const names = await namesIn(dir);
  if (!names.includes('images') || !names.includes('masks')) return false;
  const masks = await readdir(join(dir, 'masks'), { recursive: true }).catch(() => []);
  for (const mask of masks.filter(isOf('.png'))) if (!(await isOwn(join(dir, 'masks', mask)))) return true;
  return false;
}

async function isOwn(file: string): Promise<boolean> {
  const head = await openFile(file)
    .then((source) => source.read(0, HEAD_BYTES))
    .catch(() => new Uint8Array());
  return isOwnPng(Buffer.from(head).toString('latin1'));
}

/** Whether every subfolder holds `ID/images/ID.png`. */
async function holdsCases(dir: string): Promise<boolean> {
  const names = await listSubfolders(nodeFiles, dir);
  for (const name of names) if (!(await exists(join(dir, name, 'images', `${name}.png`)))) return false;
  return names.length > 0;
}

/** Returns the names in a folder; none where it is no folder, or cannot be listed. */
async function namesIn(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []);
}

function isOf(ending: string): (name: string) => boolean {
  return (name) => extname(name).toLowerCase() === ending;
}
