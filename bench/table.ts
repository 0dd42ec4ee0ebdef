/** Tables that read well on a terminal and in Markdown. */

export type Cell = string | number | undefined;

/** A number, a percentage, or a dash. */
const NUMBER = /^(-|[\d.]+( %)?)$/;

/** Makes a table. Columns of numbers are aligned right; a cell that is undefined was not measured. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(format));
  const numeric = head.map((_, k) => cells.slice(1).every((row) => NUMBER.test(row[k]!)));
  const widths = head.map((_, k) => Math.max(3, ...cells.map((row) => row[k]!.length)));
  const line = (row: readonly string[]): string => {
    return `| ${row.map((text, k) => (numeric[k] ? text.padStart(widths[k]!) : text.padEnd(widths[k]!))).join(' | ')} |`;
  };
  const rule = widths.map((width, k) => (numeric[k] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(cells[0]!), line(rule), ...cells.slice(1).map(line)].join('\n');
}

/** Formats whole numbers as they are, others with three significant digits. */
function format(cell: Cell): string {
  if (cell === undefined) return '-';
  if (typeof cell === 'string' || Number.isInteger(cell)) return String(cell);
  return Math.abs(cell) >= 100 ? cell.toFixed(0) : cell.toPrecision(3);
}
