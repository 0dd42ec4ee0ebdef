/** Tables of text: every cell as wide as its column. */

/** The cells of a row, brought to these widths: the first one to the left, all others to the right. */
export function alignRow(cells: readonly string[], widths: readonly number[]): string[] {
  return cells.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)));
}

/** The widest cell of each column. */
export function columnWidths(rows: readonly (readonly string[])[]): number[] {
  return rows[0]!.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
}
