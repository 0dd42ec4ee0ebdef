/** The width of lines. */
import type { WriteStream } from 'node:tty';

/** Returns the columns of the terminal that a stream is, else those of the variable COLUMNS, else no limit. */
export function columnsOf(stream: Pick<WriteStream, 'columns'>): number {
  return stream.columns || Number(process.env.COLUMNS) || Number.POSITIVE_INFINITY;
}
