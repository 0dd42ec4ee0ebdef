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
import { InputError } from '../base/errors.js';
import type { Dataset } from '../data/dataset.js';
import { parseJson } from '../data/json.js';
import type { Split } from '../data/split.js';
import { ensureDirectory, readFileChecked, removeTemporaries, writeTextAtomic } from '../files/atomic.js';
import { type Lock, lockFolder } from '../files/lock.js';
import type { LockWaitOptions } from '../files/lock-wait.js';
import { type Run, type RunResult, runName } from '../study/runs.js';
import { CheckpointFiles } from '../train/checkpoint-files.js';
import { compareOptions } from './resume.js';
import { freePath } from './run-folder.js';
import type { StudyOptions } from './study-options.js';
import type { StudyPlan } from './study-plan.js';

/** What changes no run: which of them are asked for, where the data lie, and how it is done. */
const MAY_DIFFER = [
  'compare',
  'arms',
  'seeds',
  'data',
  'workers',
  'checkpointSteps',
  'checkpointMinutes',
] satisfies readonly (keyof StudyOptions)[];

type Protocol = Readonly<Record<string, unknown>> & { readonly splits: readonly Split[] };

export class StudyFolder {
  readonly #lock: Lock;

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
  static async open(path: string, plan: StudyPlan, wait: LockWaitOptions): Promise<StudyFolder> {
    const file = join(path, 'protocol.json');
    if (!existsSync(file)) await freePath(path, plan.dataset);
    await ensureDirectory(path);
    const folder = new StudyFolder(path, await lockFolder(path, wait));
    try {
      await removeTemporaries(path);
      const protocol = protocolOf(plan);
      if (existsSync(file)) requireSameProtocol(protocol, (await readJson(file)) as Protocol, path, plan.dataset);
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

  /** Writes a file beside the runs. @returns its path */
  async write(name: string, text: string): Promise<string> {
    this.#lock.assertHeld();
    const file = join(this.path, name);
    await writeTextAtomic(file, text);
    return file;
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
  const { json, quiet, out, wait, ...asked } = options;
  return { ...asked, data: options.data ?? null, splits };
}

/** @throws InputError */
function requireSameProtocol(now: Protocol, then: Protocol, path: string, { source }: Dataset): void {
  const { splits, ...options } = now;
  const { splits: before, ...stored } = then;
  const leftOut = Object.keys(stored).map((name) => [name, null]);
  const advice = 'call it as then, or give another folder with --out';
  compareOptions(stored, { ...Object.fromEntries(leftOut), ...options }, MAY_DIFFER, `the study in ${path}`, advice);
  if (isDeepStrictEqual(splits, before)) return;
  throw new InputError(
    `${source}: its images are not those that the study in ${path} was started on (${count(splits)} now, ${count(before)} then); restore them, or give another folder with --out`,
  );
}

function count(splits: readonly Split[]): number {
  const { train, validation, test } = splits[0]!;
  return train.length + validation.length + test.length;
}
