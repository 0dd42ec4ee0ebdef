/** What computes, and the page itself. */
import { keepOffline } from '../../offline/register.js';
import { trySending } from '../../privacy/sending.js';
import type { WantedEngine } from '../computer/computing.js';
import { segment } from './segment.js';
import { lookIntoStorage } from './storage.js';
import { planAnew } from './train.js';
import { messageOf, type Work } from './work.js';

/** Begins the work of the page: what computes is made ready, then what was left unfinished is looked up. */
export async function begin(work: Work): Promise<void> {
  const { store } = work;
  await computeWith(work, store.get().wanted);
  if (store.get().facts) await Promise.all([planAnew(work), lookIntoStorage(work)]);
  await keepOffline((offline) => {
    store.set({ offline });
    void lookIntoStorage(work);
  });
}

/** Takes another backend, or another number of threads. */
export async function computeWith(work: Work, wanted: WantedEngine): Promise<void> {
  const { engine, store } = work;
  store.set({ wanted, facts: null, engineError: null });
  try {
    store.set({ facts: await engine.start(wanted) });
  } catch (error) {
    store.set({ engineError: messageOf(error) });
    return;
  }
  await segment(work);
}

/** Has the page try to send something, in every way there is. */
export async function tryToSend({ store }: Work): Promise<void> {
  store.set({ sending: 'running' });
  store.set({ sending: await trySending() });
}
