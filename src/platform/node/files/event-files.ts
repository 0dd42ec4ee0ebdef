/** The event files of a folder, which grow while a training runs: a file for each process that trained. */
import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from './file-errors.js';

/** TensorBoard knows event files by this part of their names, and reads them in the order of these. */
const PREFIX = 'events.out.tfevents.';
const NO_FOLDER = 'its folder does not exist; create the folder first';

export class EventFile {
  private constructor(readonly path: string) {}

  /** Names a new file, after all that are there. @param seconds the time since 1970 */
  static create(folder: string, seconds: number): EventFile {
    for (let n = 0; ; n++) {
      const path = join(folder, `${PREFIX}${Math.floor(seconds)}.unetpp.${String(n).padStart(4, '0')}`);
      if (!existsSync(path)) return new EventFile(path);
    }
  }

  /** Adds to the file. @throws InputError that names the file and the reason */
  async append(bytes: Uint8Array): Promise<void> {
    await appendFile(this.path, bytes).catch((error: unknown) => {
      throw fileError(this.path, 'written', error, NO_FOLDER);
    });
  }
}

/**
 * Cuts each event file of a folder to the length that `kept` says.
 * @returns how many files there are
 * @throws InputError that names the file and the reason
 */
export async function cutEventFiles(folder: string, kept: (file: Uint8Array) => number): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(PREFIX));
  for (const name of names) {
    const path = join(folder, name);
    try {
      const bytes = await readFile(path);
      const length = kept(bytes);
      if (length < bytes.length) await truncate(path, length);
    } catch (error) {
      throw fileError(path, 'written', error, NO_FOLDER);
    }
  }
  return names.length;
}
