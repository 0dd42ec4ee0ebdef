/** Where a training run puts its files, and what is left of it when it fails. */
import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import { isTemporary } from '../../platform/node/files/atomic.js';
import { LOCK_FILE } from '../../platform/node/lock/lock-file.js';
import type { LockWaitOptions } from '../../platform/node/lock/lock-wait.js';
import type { Outputs } from '../../platform/node/files/outputs.js';
import { type RunConfig, RunFolder } from '../../platform/node/runs/run-folder.js';
import type { ProgressBar } from '../../cli/terminal/progress.js';

/**
 * A folder that is empty or not there yet: `out`, or else the first of runs/NAME, runs/NAME-2, …
 * @throws InputError when `out` is something else
 */
export async function freePath(out: string | undefined, { source, name }: Dataset, outputs: Outputs): Promise<string> {
  if (out !== undefined) {
    await outputs.newFolder(out, { passOver: isLeftBehind });
    return out;
  }
  const base = join('runs', source === 'synthetic' ? 'phantom' : name);
  let path = base;
  for (let n = 2; existsSync(path); n++) path = `${base}-${n}`;
  // Nobody typed it, so that `runs` is made, too.
  await outputs.folder(path, { parents: true });
  return path;
}

/** A lock or half a file: left by a process that was killed as it began, or of one that begins just now. */
export function isLeftBehind(name: string): boolean {
  return name.startsWith(LOCK_FILE) || isTemporary(name);
}

/** How a folder in use is waited for. */
export function lockWait(
  { wait }: { readonly wait?: number },
  progress: ProgressBar,
  signal: AbortSignal,
): LockWaitOptions {
  return { wait, say: (line) => progress.line(line), signal };
}

/**
 * Makes the run folder and does `work` in it. When that fails before there is a model or a checkpoint, the folder goes
 * again, with those above it that were made for it; later, the error says what there is.
 */
export async function inRunFolder<R>(
  path: string,
  config: RunConfig,
  work: (folder: RunFolder) => Promise<R>,
  wait?: LockWaitOptions,
): Promise<R> {
  let existing = resolve(path);
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    const folder = await RunFolder.create(path, config, wait);
    try {
      return await work(folder);
    } catch (error) {
      if (isEmpty(folder)) await folder.discard();
      throw telling(error, folder);
    } finally {
      await folder.close();
    }
  } catch (error) {
    await removeEmpty(path, existing);
    throw error;
  }
}

/**
 * Opens the folder of a run that was begun, and does `work` with what `prepare` gives. Whatever fails, nothing is
 * removed; where `work` does, the error says what there is.
 */
export async function inOldRunFolder<T, R>(
  path: string,
  prepare: (folder: RunFolder) => Promise<T>,
  work: (folder: RunFolder, prepared: T) => Promise<R>,
  wait?: LockWaitOptions,
): Promise<R> {
  const folder = await RunFolder.open(path, wait);
  try {
    const prepared = await prepare(folder);
    return await work(folder, prepared).catch((error: unknown) => {
      throw telling(error, folder);
    });
  } finally {
    await folder.close();
  }
}

/** Whether nothing has come about. */
function isEmpty(folder: RunFolder): boolean {
  return !existsSync(folder.model) && !folder.hasCheckpoint;
}

/** The error, which then says what there is all the same. */
function telling(error: unknown, folder: RunFolder): unknown {
  if (error instanceof Error && !isEmpty(folder)) error.message += `; ${whatThereIs(folder)}`;
  return error;
}

function whatThereIs({ model, path }: RunFolder): string {
  return existsSync(model) ? `the best model so far is in ${model}` : `the last checkpoint is in ${path}`;
}

/** Removes the folders from `path` up to `existing`, but those that are not empty. */
async function removeEmpty(path: string, existing: string): Promise<void> {
  for (let folder = resolve(path); folder !== existing; folder = dirname(folder)) await rmdir(folder).catch(() => {});
}
