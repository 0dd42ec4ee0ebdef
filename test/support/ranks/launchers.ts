/** The MPI launchers of this machine, with which tests start several ranks. */
import { spawnSync } from 'node:child_process';

export interface MpiLauncher {
  readonly program: string;
  readonly options: readonly string[];
}

/** Debian has both beside each other. Open MPI refuses root, and more ranks than cores, unless it is told. */
const KNOWN: readonly MpiLauncher[] = [
  { program: 'mpirun.openmpi', options: ['--allow-run-as-root', '--oversubscribe'] },
  { program: 'mpirun.mpich', options: [] },
];

/** Returns those that are installed; a visible note says which are not. */
export function launchers(): MpiLauncher[] {
  return KNOWN.filter(({ program }) => {
    const isThere = spawnSync(program, ['--version']).status === 0;
    if (!isThere) console.log(`note: training over MPI is not tested with ${program}, which is not installed`);
    return isThere;
  });
}
