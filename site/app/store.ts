/** A store: one state that is replaced as a whole, and those who look at it. */
import { useEffect, useState } from 'preact/hooks';

export interface Store<State> {
  get(): State;
  /** Replaces some of the state. */
  set(change: Partial<State>): void;
  /** Calls back after each change, until the function that it returns is called. */
  watch(changed: () => void): () => void;
}

export function createStore<State extends object>(initial: State): Store<State> {
  let state = initial;
  const watching = new Set<() => void>();
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change };
      for (const changed of watching) changed();
    },
    watch(changed) {
      watching.add(changed);
      return () => watching.delete(changed);
    },
  };
}

/** The state of a store in a component, which is drawn anew when it changes. */
export function useStore<State extends object>(store: Store<State>): State {
  const [state, setState] = useState(store.get());
  useEffect(() => {
    setState(store.get());
    return store.watch(() => setState(store.get()));
  }, [store]);
  return state;
}
