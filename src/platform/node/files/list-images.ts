/** The image files that a path stands for: one of them, or a folder of them. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../../../base/errors.js';
import { imageEnding, imageStem, isImage } from '../../../formats/formats.js';
import { fileError } from './file-errors.js';
import { openFile } from './read.js';

export interface ImageFile {
  readonly path: string;
  /** The file name without the ending. */
  readonly name: string;
}

export interface ImageFiles {
  /** The images in the order of their names. */
  readonly images: readonly ImageFile[];
  /** The paths of other files beside them, except hidden ones. */
  readonly skipped: readonly string[];
}

/**
 * Lists the image `input`, or the images of a folder in name order.
 * @throws InputError where there is none
 */
export async function listImages(input: string): Promise<ImageFiles> {
  const missing = 'there is no such file or folder; check the path';
  const fail = (error: unknown) => {
    throw fileError(input, 'read', error, missing);
  };
  const isFolder = (await stat(input).catch(fail)).isDirectory();
  const entries = isFolder ? (await readdir(input).catch(fail)).filter((file) => !file.startsWith('.')).sort() : [];
  const files: string[] = [];
  for (const entry of entries) if (await isImageFile(join(input, entry))) files.push(entry);
  if (isFolder && files.length === 0) {
    throw new InputError(`${input}: no image in this folder that is read; convert the images to PNG`);
  }
  const paths = isFolder ? files.map((file) => join(input, file)) : [input];
  const images = paths.map((path) => ({ path, name: imageStem(basename(path)) }));
  return { images, skipped: entries.filter((file) => !files.includes(file)).map((file) => join(input, file)) };
}

/** Whether a file is taken for an image. One that cannot be read, and does not call itself an image, is none. */
async function isImageFile(path: string): Promise<boolean> {
  return (
    imageEnding(path) !== undefined ||
    openFile(path)
      .then(isImage)
      .catch(() => false)
  );
}
