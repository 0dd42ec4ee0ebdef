/**
 * The folder of a study:
 *
 *     protocol.json            the options, and the images of each fold
 *     runs/ARM-foldF-seedS/    the folder of a run, see `RunFolder`; result.json in it once it is done
 *     family.md, .csv, .json   the table of all that is done; embedded.* of the other comparison
 *     .lock                    while a process works in it
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { jsonText, parseJson } from '../../../base/json.js';
import type { FileKind } from '../../../formats/file-kind.js';
import { type Run, type RunResult, runName } from '../../../study/runs.js';
import { ensureDirectory, readFileChecked, removeTemporaries, writeTextAtomic } from '../files/atomic.js';
import type { FolderOptions, OutputFile, Outputs } from '../files/outputs.js';
import { type Lock, lockFolder } from '../lock/lock.js';
import type { LockWaitOptions } from '../lock/lock-wait.js';
import { CheckpointFiles } from './checkpoint-files.js';
import { claimFolder } from './new-folder.js';

/** A study folder that this process alone writes to, until `close`. */
export class StudyFolder {
  readonly #lock: Lock;
  /** The tables by the ending of their names. */
  readonly #tables = new Map<string, OutputFile>();

  private constructor(
    readonly path: string,
    lock: Lock,
  ) {
    this.#lock = lock;
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
    if (!existsSync(protocolFile(path))) await claimFolder(path, outputs, { parents });
    await ensureDirectory(path);
    const folder = new StudyFolder(path, await lockFolder(path, wait));
    try {
      await removeTemporaries(path);
      return folder;
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  /** The protocol that the study was begun with, as JSON; undefined where it begins now. */
  async readProtocol(): Promise<unknown> {
    const file = protocolFile(this.path);
    return existsSync(file) ? readJson(file) : undefined;
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
    await writeTextAtomic(protocolFile(this.path), jsonText(protocol));
  }

  /** Returns the path of a run's folder. */
  runPath(run: Run): string {
    return join(this.path, 'runs', runName(run));
  }

  /** Reads the result of a run; undefined where it is not done. */
  async result(run: Run): Promise<RunResult | undefined> {
    const file = this.#resultFile(run);
    if (!existsSync(file)) return undefined;
    const result = (await readJson(file)) as RunResult;
    // A process that was killed just after writing the result has left them.
    await new CheckpointFiles(this.runPath(run)).remove();
    return result;
  }

  /** Stores the result of a run, and removes its checkpoints, which are several times as large as its model. */
  async finish(run: Run, result: RunResult): Promise<void> {
    this.#lock.assertHeld();
    await writeTextAtomic(this.#resultFile(run), jsonText(result));
    await new CheckpointFiles(this.runPath(run)).remove();
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

  #resultFile(run: Run): string {
    return join(this.runPath(run), 'result.json');
  }
}

function protocolFile(path: string): string {
  return join(path, 'protocol.json');
}

async function readJson(file: string): Promise<unknown> {
  return parseJson(new TextDecoder().decode(await readFileChecked(file)), file);
}
