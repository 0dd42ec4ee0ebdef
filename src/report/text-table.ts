/** Tables of text: every cell as wide as its column. */

/** Pads the cells of a row to these widths: the first one is aligned left, all others right. */
export function alignRow(cells: readonly string[], widths: readonly number[]): string[] {
  return cells.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)));
}

/** Returns the width of the widest cell of each column. */
export function columnWidths(rows: readonly (readonly string[])[]): number[] {
  return rows[0]!.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
}
