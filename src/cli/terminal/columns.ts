/** How wide a line may be. */
import type { WriteStream } from 'node:tty';

/** Columns of the terminal that a stream is, else those that the environment names (COLUMNS), else no limit. */
export function columnsOf(stream: Pick<WriteStream, 'columns'>): number {
  return stream.columns || Number(process.env.COLUMNS) || Number.POSITIVE_INFINITY;
}
