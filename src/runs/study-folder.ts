/**
 * The folder of a study:
 *
 *     protocol.json            the options, and the images of each fold
 *     runs/ARM-foldF-seedS/    the folder of a run, see `RunFolder`; result.json in it once it is done
 *     family.md, .csv, .json   the table of all that is done; embedded.* of the other comparison
 *     .lock                    while a process works in it
 */
import { openFolder } from '#platform/files/folder-store.js';
import { ensureDirectory } from '#platform/files/folders.js';
import type { Outputs } from '#platform/files/outputs.js';
import { exists, join } from '#platform/files/paths.js';
import { lockFolder } from '#platform/lock/lock.js';
import { bytesOf, checkFilled } from '../base/bytes.js';
import { jsonText, parseJson } from '../base/json.js';
import type { FileKind } from '../formats/file-kind.js';
import type { FolderStore } from '../platform/folder-store.js';
import type { Lock, LockWaitOptions } from '../platform/lock.js';
import type { FolderOptions, OutputFile } from '../platform/outputs.js';
import { type Run, type RunResult, runName } from '../study/runs.js';
import { Checkpoints } from './checkpoints.js';
import { claimFolder } from './new-folder.js';

const PROTOCOL = 'protocol.json';
export const STUDY_RESULT = 'result.json';

/** A study folder that this process alone writes to, until `close`. */
export class StudyFolder {
  readonly #files: FolderStore;
  readonly #lock: Lock;
  /** The tables by the ending of their names. */
  readonly #tables = new Map<string, OutputFile>();

  private constructor(files: FolderStore, lock: Lock) {
    this.#files = files;
    this.#lock = lock;
  }

  get path(): string {
    return this.#files.path;
  }

  /**
   * Takes the lock of a folder that is new or holds a study, and clears away what a killed process was writing.
   * @throws InputError where it is in use, or holds something else
   */
  static async open(
    path: string,
    outputs: Outputs,
    { parents, ...wait }: FolderOptions & LockWaitOptions,
  ): Promise<StudyFolder> {
    if (!(await exists(join(path, PROTOCOL)))) await claimFolder(path, outputs, { parents });
    await ensureDirectory(path);
    const lock = await lockFolder(path, wait);
    try {
      const files = await openFolder(path);
      await files.clearUp();
      return new StudyFolder(files, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** The protocol that the study was begun with, as JSON; undefined where it begins now. */
  async readProtocol(): Promise<unknown> {
    return readJson(this.#files, PROTOCOL);
  }

  /** Claims the tables NAME.FORMAT of these kinds, by format, and writes the protocol. */
  async begin(
    protocol: object,
    name: string,
    kinds: Readonly<Record<string, FileKind>>,
    outputs: Outputs,
  ): Promise<void> {
    for (const [format, kind] of Object.entries(kinds)) {
      this.#tables.set(format, await outputs.file(join(this.path, `${name}.${format}`), kind));
    }
    await this.#files.write(PROTOCOL, bytesOf(jsonText(protocol)));
  }

  /** Returns the path of a run's folder. */
  runPath(run: Run): string {
    return join(this.path, 'runs', runName(run));
  }

  /** Reads the result of a run; undefined where it is not done. */
  async result(run: Run): Promise<RunResult | undefined> {
    const files = await openFolder(this.runPath(run));
    const result = (await readJson(files, STUDY_RESULT)) as RunResult | undefined;
    // A process that was killed just after writing the result has left them.
    if (result !== undefined) await new Checkpoints(files).remove();
    return result;
  }

  /** Stores the result of a run, and removes its checkpoints, which are several times as large as its model. */
  async finish(run: Run, result: RunResult): Promise<void> {
    this.#lock.assertHeld();
    const files = await openFolder(this.runPath(run));
    await files.write(STUDY_RESULT, bytesOf(jsonText(result)));
    await new Checkpoints(files).remove();
  }

  /**
   * Writes a table of what is done.
   * @returns its path
   */
  async writeTable(format: string, text: string): Promise<string> {
    this.#lock.assertHeld();
    const table = this.#tables.get(format)!;
    await table.write(text);
    return table.path;
  }

  /** Releases the lock of the folder. */
  async close(): Promise<void> {
    await this.#lock.release();
  }
}

/** Reads a file of JSON; undefined where there is none. */
async function readJson(files: FolderStore, name: string): Promise<unknown> {
  const bytes = await files.read(name);
  const file = files.pathOf(name);
  return bytes && parseJson(new TextDecoder().decode(checkFilled(bytes, file)), file);
}
