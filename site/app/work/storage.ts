/** What is kept on this computer. */
import { forgetOffline } from '../../offline/register.js';
import type { Work } from './work.js';

/** Looks up runs and data sets, and how much room they take. */
export async function lookIntoStorage({ engine, store }: Work): Promise<void> {
  const storage = await engine.storage();
  const persisted = (await navigator.storage?.persisted?.()) ?? false;
  store.set({ storage: { ...storage, persisted }, runs: storage.runs });
}

/**
 * Asks the browser not to delete what is kept when the disk is full. Some ask the user, others decide by themselves. Where
 * it is refused, or cannot be asked for, all works the same.
 */
export async function askToKeep(): Promise<void> {
  await navigator.storage?.persist?.().catch(() => false);
}

/** Deletes a run or a data set, or with no name everything, the page itself included. */
export async function forget(work: Work, name?: string): Promise<void> {
  const { engine, store } = work;
  await engine.forget(name);
  const { data, corrected } = store.get();
  const isGone = (kept: string) => name === undefined || name === kept;
  if (data && isGone(data.name)) store.set({ data: null, opened: null });
  if (corrected && isGone(corrected.data)) store.set({ corrected: null });
  if (name === undefined) {
    await forgetOffline();
    store.set({ offline: 'not kept' });
  }
  await lookIntoStorage(work);
}
