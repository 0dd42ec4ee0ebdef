/** The tables that commands print. */
import { alignRow, columnWidths } from '../../report/text-table.js';
import { columnsOf } from '../terminal/columns.js';

/** Spaces between two columns. */
const GAP = 3;

/**
 * Makes a table of text: columns as wide as they must be, the first one aligned left, all others right. Where they do
 * not fit into a line, each row is a list of its cells with their titles.
 */
export function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  room = columnsOf(process.stdout),
): string[] {
  const lines = [titles, ...rows];
  const widths = columnWidths(lines).map((width, k) => (k === 0 ? width : width + GAP));
  if (widths.reduce((sum, width) => sum + width, 0) > room) return rows.flatMap((row) => stacked(titles, row));
  return lines.map((line) => alignRow(line, widths).join(''));
}

function stacked([first, ...titles]: readonly string[], [name, ...cells]: readonly string[]): string[] {
  const width = Math.max(...titles.map((title) => title.length));
  return [`${first} ${name}`, ...cells.map((cell, k) => `  ${titles[k]!.padEnd(width)}  ${cell}`)];
}
