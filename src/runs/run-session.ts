/** A run folder for the time of one call: opened, closed, and removed when the call fails without a result. */
import { missingFolders } from '#platform/files/folders.js';
import type { LockWaitOptions } from '../platform/lock.js';
import { type RunConfig, RunFolder } from './run-folder.js';

/**
 * Makes the run folder and does `work` in it. When that fails before there is a model or a checkpoint, the folder is
 * removed, with those above it that were made for it; later, the error says which of them there are.
 */
export async function inNewRun<R>(
  path: string,
  config: RunConfig,
  work: (folder: RunFolder) => Promise<R>,
  wait?: LockWaitOptions,
): Promise<R> {
  const removeMade = await missingFolders(path);
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
    await removeMade();
    throw error;
  }
}

/**
 * Opens the folder of a run that was begun, and does `work` with the result of `prepare`. Whatever fails, nothing is
 * removed; where `work` fails, the error says whether there is a model or a checkpoint.
 */
export async function inBegunRun<T, R>(
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

/** Whether the run has produced nothing. */
function isEmpty(folder: RunFolder): boolean {
  return !folder.hasModel && !folder.hasCheckpoint;
}

/** Adds to the error what the run has produced. */
function telling(error: unknown, folder: RunFolder): unknown {
  if (error instanceof Error && !isEmpty(folder)) error.message += `; ${whatThereIs(folder)}`;
  return error;
}

function whatThereIs({ hasModel, model, path }: RunFolder): string {
  return hasModel ? `the best model so far is in ${model}` : `the last checkpoint is in ${path}`;
}
