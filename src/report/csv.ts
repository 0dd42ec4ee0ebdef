/** Tables as comma-separated values (RFC 4180), which spreadsheets and pandas read. */

/** A cell; null leaves it empty. */
export type Cell = string | number | null;

/** Encodes a table. Lines end with CRLF; texts with a comma, quote or line break are quoted; numbers keep all digits. */
export function encodeCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(encodeCell).join(',')}\r\n`).join('');
}

function encodeCell(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
