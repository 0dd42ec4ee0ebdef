/**
 * The checkpoints in the folder of a run:
 *
 *     checkpoint.safetensors            the newest
 *     checkpoint-previous.safetensors   the one before
 *     checkpoint-next.safetensors       one that is being written
 *
 * A checkpoint is written to the third name and forced to the disk; then the newest becomes the previous, and it becomes
 * the newest. So whenever the process is killed, one of the three at least is whole, and `read` finds it.
 *
 * One process at a time may use them: the run folder's lock sees to that.
 */
import { hashParts } from '#platform/hash-parts.js';
import { checkFilled } from '../base/bytes.js';
import { InputError, invariant } from '../base/errors.js';
import type { FolderStore } from '../platform/folder-store.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../train/checkpoint/checkpoint.js';

const NEWEST = 'checkpoint.safetensors';
const PREVIOUS = 'checkpoint-previous.safetensors';
const NEXT = 'checkpoint-next.safetensors';

export interface FoundCheckpoint {
  readonly checkpoint: Checkpoint;
  /** A warning of one line, where the newest file was damaged. */
  readonly warning?: string;
}

export class Checkpoints {
  readonly #files: FolderStore;
  /** Whether a write that an earlier process left unfinished has been dealt with. */
  #settled = false;
  /** A newest file that is damaged must not become the previous, which is whole. */
  #newestIsDamaged = false;
  #writing = false;

  constructor(files: FolderStore) {
    this.#files = files;
  }

  /** Whether there is any checkpoint, intact or not. */
  get exist(): boolean {
    return [NEWEST, PREVIOUS, NEXT].some((name) => this.#files.has(name));
  }

  /**
   * Writes the newest checkpoint, whose tensors must not change meanwhile. When this fails, those that were there can be
   * read as before.
   * @throws InputError, one line, that names the path and the reason: disk full, no permission…
   */
  async write(checkpoint: Checkpoint): Promise<void> {
    invariant(!this.#writing, 'two checkpoints are written at once');
    this.#writing = true;
    try {
      const parts = await encodeCheckpoint(checkpoint, hashParts);
      // What an interrupted write has left may be the only good one, and would be written over.
      if (!this.#settled) await this.read();
      await this.#onDisk(async () => {
        await this.#files.writeParts(NEXT, parts).catch(async (error: unknown) => {
          await this.#files.remove(NEXT).catch(() => {});
          throw error;
        });
        await this.#shift();
      });
    } finally {
      this.#writing = false;
    }
  }

  /**
   * Reads the newest intact checkpoint; undefined where none was ever finished.
   * @throws InputError, one line, when there are files but none is intact
   */
  async read(): Promise<FoundCheckpoint | undefined> {
    const next = await this.#tryRead(NEXT);
    if (next && !(next instanceof InputError)) {
      // Whole, so only the new names were missing.
      await this.#onDisk(() => this.#shift());
      this.#settled = true;
      return { checkpoint: next };
    }
    if (next) await this.#onDisk(() => this.#files.remove(NEXT));
    this.#settled = true;

    const newest = await this.#tryRead(NEWEST);
    if (newest && !(newest instanceof InputError)) return { checkpoint: newest };
    this.#newestIsDamaged = newest !== undefined;
    const previous = await this.#tryRead(PREVIOUS);
    if (previous && !(previous instanceof InputError)) {
      if (!newest) return { checkpoint: previous };
      const warning = `${withoutAdvice(newest)}; resuming from the previous checkpoint, ${PREVIOUS}`;
      return { checkpoint: previous, warning };
    }
    const damages = [newest, previous].filter((error) => error !== undefined);
    if (damages.length === 0) return undefined;
    throw new InputError(damages.map(({ message }) => message).join('; and '));
  }

  /** Removes all checkpoints, after which the training cannot be resumed. */
  async remove(): Promise<void> {
    await this.#onDisk(async () => {
      for (const name of [NEXT, NEWEST, PREVIOUS]) await this.#files.remove(name);
    });
  }

  /** The next becomes the newest, and the newest the previous. */
  async #shift(): Promise<void> {
    if (!this.#newestIsDamaged && this.#files.has(NEWEST)) await this.#files.rename(NEWEST, PREVIOUS);
    await this.#files.rename(NEXT, NEWEST);
    this.#newestIsDamaged = false;
    await this.#files.sync();
  }

  /** The checkpoint in a file, or what is wrong with it, or undefined where there is no such file. */
  async #tryRead(name: string): Promise<Checkpoint | InputError | undefined> {
    try {
      const bytes = await this.#files.read(name);
      const path = this.#files.pathOf(name);
      return bytes && (await decodeCheckpoint(checkFilled(bytes, path), path));
    } catch (error) {
      if (error instanceof InputError) return error;
      throw error;
    }
  }

  async #onDisk(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      throw await this.#files.failure(NEWEST, error);
    }
  }
}

/** An error says last, after a semicolon, what to do; a warning has no use for that. */
function withoutAdvice({ message }: InputError): string {
  return message.slice(0, message.lastIndexOf('; '));
}
