/** What is kept on this computer. */
import { forgetOffline } from '../../offline/register.js';
import type { Work } from './work.js';

/** Looks up runs and data sets, and how much room they take. */
export async function lookIntoStorage({ engine, store }: Work): Promise<void> {
  const storage = await engine.storage();
  store.set({ storage, runs: storage.runs });
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
