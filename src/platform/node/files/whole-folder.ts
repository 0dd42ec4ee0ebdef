/** A folder that appears only when it is complete: half of a data set would be taken for a whole one. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { bytesOf } from '../../../base/bytes.js';
import { writeFileAtomic } from './atomic.js';
import { fileError } from './file-errors.js';
import { NO_FOLDER } from './outputs.js';

export class WholeFolder {
  /** The folder under its temporary name, beside the final one, so that a rename is enough. */
  readonly #partial: string;
  readonly #names: string[] = [];

  /** @param path the final path: a folder that `Outputs.newFolder` has claimed */
  constructor(readonly path: string) {
    this.#partial = join(dirname(path), `.${basename(path)}.partial-${process.pid}`);
  }

  /** Writes a file, `images/NAME.png` for example, with the folders that it is in. */
  async write(name: string, content: Uint8Array | string): Promise<void> {
    const file = join(this.#partial, name);
    await this.#onDisk(() => mkdir(dirname(file), { recursive: true }));
    await writeFileAtomic(file, bytesOf(content));
    this.#names.push(name);
  }

  /**
   * Renames it to the final path, where nothing or an empty folder is.
   * @param force whether the files go into a folder that holds others, too
   * @throws InputError that names the path and the reason
   */
  async finish(force: boolean): Promise<void> {
    await rmdir(this.path).catch(() => {});
    await this.#onDisk(() => (force && existsSync(this.path) ? this.#merge() : rename(this.#partial, this.path)));
  }

  /** Removes the unfinished folder. */
  async discard(): Promise<void> {
    await rm(this.#partial, { recursive: true, force: true });
  }

  async #merge(): Promise<void> {
    for (const name of this.#names) {
      await mkdir(dirname(join(this.path, name)), { recursive: true });
      await rename(join(this.#partial, name), join(this.path, name));
    }
  }

  async #onDisk(action: () => Promise<unknown>): Promise<void> {
    await action().catch((error: unknown) => {
      throw fileError(this.path, 'created', error, NO_FOLDER);
    });
  }
}
