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
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError, invariant } from '../../../base/errors.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../../train/checkpoint/checkpoint.js';
import { readFileChecked } from '../files/atomic.js';
import { syncFolder, writeDurably } from '../files/durable.js';
import { fileError } from '../files/file-errors.js';

export interface FoundCheckpoint {
  readonly checkpoint: Checkpoint;
  /** A warning of one line, where the newest file was damaged. */
  readonly warning?: string;
}

export class CheckpointFiles {
  readonly #newest: string;
  readonly #previous: string;
  readonly #next: string;
  /** Whether a write that an earlier process left unfinished has been dealt with. */
  #settled = false;
  /** A newest file that is damaged must not become the previous, which is whole. */
  #newestIsDamaged = false;
  #writing = false;

  constructor(readonly folder: string) {
    this.#newest = join(folder, 'checkpoint.safetensors');
    this.#previous = join(folder, 'checkpoint-previous.safetensors');
    this.#next = join(folder, 'checkpoint-next.safetensors');
  }

  /** Whether there is any checkpoint, intact or not. */
  get exist(): boolean {
    return [this.#newest, this.#previous, this.#next].some((path) => existsSync(path));
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
        await writeDurably(this.#next, parts).catch(async (error: unknown) => {
          await rm(this.#next, { force: true }).catch(() => {});
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
    const next = await tryRead(this.#next);
    if (next && !(next instanceof InputError)) {
      // Whole, so only the new names were missing.
      await this.#onDisk(() => this.#shift());
      this.#settled = true;
      return { checkpoint: next };
    }
    if (next) await this.#onDisk(() => rm(this.#next));
    this.#settled = true;

    const newest = await tryRead(this.#newest);
    if (newest && !(newest instanceof InputError)) return { checkpoint: newest };
    this.#newestIsDamaged = newest !== undefined;
    const previous = await tryRead(this.#previous);
    if (previous && !(previous instanceof InputError)) {
      if (!newest) return { checkpoint: previous };
      const warning = `${withoutAdvice(newest)}; resuming from the previous checkpoint, ${basename(this.#previous)}`;
      return { checkpoint: previous, warning };
    }
    const damages = [newest, previous].filter((error) => error !== undefined);
    if (damages.length === 0) return undefined;
    throw new InputError(damages.map(({ message }) => message).join('; and '));
  }

  /** Removes all checkpoints, after which the training cannot be resumed. */
  async remove(): Promise<void> {
    await this.#onDisk(async () => {
      for (const path of [this.#next, this.#newest, this.#previous]) await rm(path, { force: true });
    });
  }

  /** The next becomes the newest, and the newest the previous. */
  async #shift(): Promise<void> {
    if (!this.#newestIsDamaged) {
      await rename(this.#newest, this.#previous).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
    await rename(this.#next, this.#newest);
    this.#newestIsDamaged = false;
    await syncFolder(this.folder);
  }

  async #onDisk(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      throw fileError(this.#newest, 'written', error, 'its folder does not exist; create the folder first');
    }
  }
}

/** The checkpoint in a file, or what is wrong with it, or undefined where there is no such file. */
async function tryRead(path: string): Promise<Checkpoint | InputError | undefined> {
  try {
    return await decodeCheckpoint(await readFileChecked(path), path);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT' ? undefined : error;
  }
}

/** An error says last, after a semicolon, what to do; a warning has no use for that. */
function withoutAdvice({ message }: InputError): string {
  return message.slice(0, message.lastIndexOf('; '));
}

/** Computes the SHA-256 of consecutive parts without copying them. */
function hashParts(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
