/** The word that was meant, where one is mistyped. */

/** Returns the one of `words` that is nearest to `typed`; undefined where more than half of it would have to be changed. */
export function nearest<T extends string>(typed: string, words: readonly T[]): T | undefined {
  const all = words.map((word) => ({ word, changes: distance(typed, word) }));
  const [best] = all.sort((a, b) => a.changes - b.changes);
  return best && best.changes <= best.word.length / 2 ? best.word : undefined;
}

/** The Levenshtein distance: how many letters are inserted, removed or replaced. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
