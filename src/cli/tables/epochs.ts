/** The table that training prints, a row for each epoch. In narrow terminals it omits less important columns. */

import { duration } from '../../base/quantities.js';
import { alignRow } from '../../report/text-table.js';
import type { EpochReport } from '../../train/report.js';
import { columnsOf } from '../terminal/columns.js';

interface Column {
  readonly title: string;
  readonly width: number;
  /** The order in which columns are omitted: the highest first; 0 always stays. */
  readonly rank: number;
  cell(report: EpochReport): string;
}

/** The star, the epoch, losses, the validation Dice of each head and of their mean, speed. */
function columnsFor({ validation: { heads } }: EpochReport, room: number): Column[] {
  const deep = heads.length > 1;
  const dice = heads.map(({ head }, k): Column => {
    const cell = ({ validation }: EpochReport) => validation.heads[k]!.dice.toFixed(4);
    return { title: head, width: 7, rank: deep ? 3 : 0, cell };
  });
  const mean = { title: 'mean', width: 7, rank: 0, cell: ({ validation }: EpochReport) => validation.dice.toFixed(4) };
  const columns: Column[] = [
    { title: 'epoch', width: 9, rank: 0, cell: ({ epoch, epochs }) => `${epoch}/${epochs}` },
    { title: 'loss', width: 9, rank: 2, cell: ({ training }) => training.total.toFixed(4) },
    { title: 'val loss', width: 9, rank: 1, cell: ({ validation }) => validation.loss.toFixed(4) },
    ...dice,
    ...(deep ? [mean] : []),
    { title: 'images/s', width: 9, rank: 4, cell: ({ imagesPerSecond }) => imagesPerSecond.toFixed(1) },
    { title: 'time', width: 8, rank: 0, cell: ({ seconds }) => duration(seconds) },
  ];
  for (let rank = 4; rank > 0 && widthOf(columns) > room; rank--) {
    columns.splice(0, columns.length, ...columns.filter((column) => column.rank !== rank));
  }
  return columns;
}

/** The width of a line, with its star. */
function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width, 1);
}

/** Makes the two lines of the header. */
export function epochHeader(report: EpochReport, room = columnsOf(process.stderr)): string {
  const columns = columnsFor(report, room);
  const first = columns.findIndex(({ title }) => title === 'mean' || title.startsWith('L'));
  const before = widthOf(columns.slice(0, first)) + 2;
  const titles = rowOf(
    '',
    columns,
    columns.map(({ title }) => title),
  );
  const legend = 'validation Dice (* best so far)';
  return `${' '.repeat(Math.max(0, Math.min(before, room - legend.length)))}${legend}\n${titles}`;
}

/** Makes the row of an epoch; a star marks the best one so far. */
export function epochRow(report: EpochReport, room = columnsOf(process.stderr)): string {
  const columns = columnsFor(report, room);
  const cells = columns.map(({ cell }) => cell(report));
  return rowOf(report.best ? '*' : '', columns, cells);
}

/** The star has a column of its own. */
function rowOf(star: string, columns: readonly Column[], cells: readonly string[]): string {
  return alignRow([star, ...cells], [1, ...columns.map(({ width }) => width)]).join('');
}
