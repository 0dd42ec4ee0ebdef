/** The files on the disk, as the readers of data folders see them. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type Files, UnlistedFolder } from '../../../data/folder/files.js';
import { hdf5Reader } from '../hdf5/hdf5.js';
import { openFile, readBytes } from './read.js';

/** Reads the disk, and MATLAB files where h5wasm is installed. */
export const nodeFiles: Files = {
  join,
  nameOf: (folder) => basename(resolve(folder)),
  async list(folder) {
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      return entries.map((entry) => ({ name: entry.name, isFile: entry.isFile() }));
    } catch (error) {
      throw new UnlistedFolder(folder, (error as NodeJS.ErrnoException).code);
    }
  },
  read: readBytes,
  open: openFile,
  hdf5: hdf5Reader,
};
