/** The results of a call, see `Outputs`: what it reads is named by its options, and `--force` is one of them. */
import { dataFolderAt } from '#platform/files/around.js';
import { Outputs } from '#platform/files/outputs.js';
import type { Source } from '../platform/outputs.js';

/** The option of every call that writes. */
export interface ForceOption {
  /** Whether files that unetpp did not write are replaced. */
  readonly force?: boolean;
}

/** @param reads what the options name that the call reads, by option: `{ '--data': 'my-scans' }` */
export function outputsOf(
  { force = false }: ForceOption,
  reads: Readonly<Record<string, string | readonly string[] | undefined>>,
): Outputs {
  const sources = Object.entries(reads).flatMap(([option, paths = []]) =>
    [paths].flat().flatMap((path): Source[] => (path ? [{ option, path }] : [])),
  );
  return new Outputs({ force, sources, dataFolderAt });
}
