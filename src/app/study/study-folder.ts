/**
 * The folder of a study:
 *
 *     protocol.json            what was asked for, and the images of each fold
 *     runs/ARM-foldF-seedS/    the folder of a run, see `RunFolder`; result.json in it once it is done
 *     family.md, .csv, .json   the table of all that is done; embedded.* of the other comparison
 *     .lock                    while a process works in it
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';
import type { Dataset } from '../../data/dataset.js';
import type { Split } from '../../data/split/split.js';
import {
  ensureDirectory,
  readFileChecked,
  removeTemporaries,
  writeTextAtomic,
} from '../../platform/node/files/atomic.js';
import type { FolderOptions, OutputFile, Outputs } from '../../platform/node/files/outputs.js';
import { type Lock, lockFolder } from '../../platform/node/lock/lock.js';
import type { LockWaitOptions } from '../../platform/node/lock/lock-wait.js';
import { CheckpointFiles } from '../../platform/node/runs/checkpoint-files.js';
import { type Run, type RunResult, runName } from '../../study/runs.js';
import { STUDY_TABLES, type TableFormat, tableFormats } from '../kinds.js';
import { studyTable } from '../options/study-options.js';
import { compareOptions } from '../runs/resume.js';
import { toStore, withCurrentNames } from '../runs/run-config.js';
import { isLeftBehind } from '../runs/run-folder.js';
import type { StudyPlan } from './study-plan.js';

type Protocol = Readonly<Record<string, unknown>> & { readonly splits: readonly Split[] };

export class StudyFolder {
  readonly #lock: Lock;
  /** By the ending of their names. */
  readonly #tables = new Map<TableFormat, OutputFile>();

  private constructor(
    readonly path: string,
    lock: Lock,
  ) {
    this.#lock = lock;
  }

  /**
   * Begins a study, or goes on with one.
   * @throws InputError where it is in use, holds something else, or a study with another protocol: names the option
   */
  static async open(
    path: string,
    plan: StudyPlan,
    outputs: Outputs,
    { parents, ...wait }: FolderOptions & LockWaitOptions,
  ): Promise<StudyFolder> {
    const file = join(path, 'protocol.json');
    if (!existsSync(file)) await outputs.newFolder(path, { parents, passOver: isLeftBehind });
    await ensureDirectory(path);
    const folder = new StudyFolder(path, await lockFolder(path, wait));
    try {
      await removeTemporaries(path);
      const protocol = protocolOf(plan);
      if (existsSync(file)) requireSameProtocol(protocol, (await readJson(file)) as Protocol, path, plan.dataset);
      for (const format of tableFormats) {
        const table = join(path, `${plan.options.compare}.${format}`);
        folder.#tables.set(format, await outputs.file(table, STUDY_TABLES[format]));
      }
      await writeTextAtomic(file, jsonText(protocol));
      return folder;
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  runPath(run: Run): string {
    return join(this.path, 'runs', runName(run));
  }

  /** What came of a run; undefined where it is not done. */
  async result(run: Run): Promise<RunResult | undefined> {
    const file = this.#resultFile(run);
    if (!existsSync(file)) return undefined;
    const result = (await readJson(file)) as RunResult;
    // A process that was killed just after writing the result has left them.
    await new CheckpointFiles(this.runPath(run)).remove();
    return result;
  }

  /** Writes down what came of a run. Its checkpoints, several times as large as its model, have done their work and go. */
  async finish(run: Run, result: RunResult): Promise<void> {
    this.#lock.assertHeld();
    await writeTextAtomic(this.#resultFile(run), jsonText(result));
    await new CheckpointFiles(this.runPath(run)).remove();
  }

  /** Writes a table of what is done. @returns its path */
  async writeTable(format: TableFormat, text: string): Promise<string> {
    this.#lock.assertHeld();
    const table = this.#tables.get(format)!;
    await table.write(text);
    return table.path;
  }

  /** Gives the folder back. */
  async close(): Promise<void> {
    await this.#lock.release();
  }

  #resultFile(run: Run): string {
    return join(this.runPath(run), 'result.json');
  }
}

/** The text of a JSON file. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function readJson(file: string): Promise<unknown> {
  return parseJson(new TextDecoder().decode(await readFileChecked(file)), file);
}

function protocolOf({ options, splits }: StudyPlan): Protocol {
  return { ...toStore(studyTable, options), splits };
}

/** @throws InputError */
function requireSameProtocol(now: Protocol, then: Protocol, path: string, { source }: Dataset): void {
  const { splits, ...options } = now;
  const { splits: before, ...others } = then;
  const stored = withCurrentNames(others);
  const leftOut = Object.keys(stored).map((name) => [name, null]);
  const advice = 'call it as then, or give another folder with --out';
  compareOptions(stored, { ...Object.fromEntries(leftOut), ...options }, studyTable, `the study in ${path}`, advice);
  if (isDeepStrictEqual(splits, before)) return;
  throw new InputError(
    `${source}: its images are not those that the study in ${path} was started on (${count(splits)} now, ${count(before)} then); restore them, or give another folder with --out`,
  );
}

function count(splits: readonly Split[]): number {
  const { train, validation, test } = splits[0]!;
  return train.length + validation.length + test.length;
}
