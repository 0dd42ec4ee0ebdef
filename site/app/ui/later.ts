/** Parts of the page that are loaded only when they are needed, so that it can be used sooner. */
import { useEffect, useState } from 'preact/hooks';

/**
 * Returns what `load` gives, once it is there, and null before.
 * @param isWanted whether it is needed yet
 */
export function useLater<T>(load: () => Promise<T>, isWanted: boolean): T | null {
  const [loaded, setLoaded] = useState<{ readonly it: T } | null>(null);
  useEffect(() => {
    if (isWanted && !loaded) void load().then((it) => setLoaded({ it }));
  }, [isWanted]);
  return loaded?.it ?? null;
}
