/** What all work of the page has at hand: the engine, and the state that the sections show. */
import type { ConnectedEngine } from '../../engine/client.js';
import type { AppState } from '../state.js';
import type { Store } from '../store.js';

export interface Work {
  readonly engine: ConnectedEngine;
  readonly store: Store<AppState>;
}

/** What went wrong, in one line. */
export function messageOf(error: unknown): string {
  return (error as Error).message;
}
