/** Which cells of a long grid are in view, so that only those are on the page. */

export interface GridView {
  readonly columns: number;
  /** The height of the whole grid, in pixels. */
  readonly height: number;
  /** The first cell that is there, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  /** How far below the top of the grid the first row that is there begins. */
  readonly top: number;
}

export interface GridSize {
  readonly count: number;
  /** Of what shows the grid, in pixels. */
  readonly width: number;
  readonly height: number;
  /** How far it is scrolled. */
  readonly scrolled: number;
  /** Of a cell with its gap. */
  readonly cell: { readonly width: number; readonly height: number };
}

/** Rows above and below what is seen that are there, too, lest scrolling shows gaps. */
const AROUND = 2;

export function gridView({ count, width, height, scrolled, cell }: GridSize): GridView {
  const columns = Math.max(1, Math.floor(width / cell.width));
  const rows = Math.ceil(count / columns);
  const first = Math.min(Math.max(0, Math.floor(scrolled / cell.height) - AROUND), Math.max(0, rows - 1));
  const last = Math.min(rows, Math.ceil((scrolled + height) / cell.height) + AROUND);
  return {
    columns,
    height: rows * cell.height,
    from: first * columns,
    to: Math.min(count, Math.max(first + 1, last) * columns),
    top: first * cell.height,
  };
}

/** The cell that a key leads to from another one; undefined for other keys. */
export function cellAfter(
  key: string,
  at: number,
  count: number,
  columns: number,
  rowsInView: number,
): number | undefined {
  const ways: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - columns,
    ArrowDown: at + columns,
    PageUp: at - columns * rowsInView,
    PageDown: at + columns * rowsInView,
    Home: 0,
    End: count - 1,
  };
  const to = ways[key];
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to));
}
