/** A table of text: columns as wide as they must be, the first one to the left, all others to the right. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [titles, ...rows];
  const widths = titles.map((_, k) => Math.max(...lines.map((line) => line[k]!.length)));
  return lines.map((line) =>
    line.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]! + 3))).join(''),
  );
}
