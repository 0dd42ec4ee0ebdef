/** How this process was started: by itself, or as one of several ranks by mpirun or srun. Read off the environment alone. */

type Environment = Readonly<Record<string, string | undefined>>;

/** A process that was started as one of several. */
export interface Launch {
  readonly rank: number;
  /** How many ranks there are, at least 2. */
  readonly size: number;
  /** Whether it is the first rank of its machine, as far as its launcher says. */
  readonly isFirstHere: boolean;
  /** Whose variables say so. */
  readonly by: 'Open MPI' | 'PMI' | 'PMIx';
}

/** Where launchers say which rank of its machine a process is. */
const LOCAL_RANKS = ['OMPI_COMM_WORLD_LOCAL_RANK', 'MPI_LOCALRANKID', 'SLURM_LOCALID'];

/**
 * Returns which of several ranks this process is; undefined where it works alone. A batch job of several tasks is no such
 * start: its script runs once, and has none of these variables. Neither is a single rank.
 */
export function launchOf(environment: Environment = process.env): Launch | undefined {
  const launches: [Launch['by'], string, string[]][] = [
    ['Open MPI', 'OMPI_COMM_WORLD_RANK', ['OMPI_COMM_WORLD_SIZE']],
    ['PMI', 'PMI_RANK', ['PMI_SIZE']],
    ['PMIx', 'PMIX_RANK', ['SLURM_STEP_NUM_TASKS', 'SLURM_NTASKS']],
  ];
  for (const [by, rank, sizes] of launches) {
    const size = numberOf(environment, sizes.find((name) => environment[name] !== undefined) ?? '');
    const own = numberOf(environment, rank);
    if (own === undefined || size === undefined || size < 2) continue;
    const here = LOCAL_RANKS.map((name) => numberOf(environment, name)).find((local) => local !== undefined);
    return { rank: own, size, isFirstHere: (here ?? own) === 0, by };
  }
  return undefined;
}

/** Returns how many ranks were started on this machine, as far as their launcher says; at least 1. */
export function ranksHere(environment: Environment = process.env): number {
  if (!launchOf(environment)) return 1;
  const names = ['OMPI_COMM_WORLD_LOCAL_SIZE', 'MPI_LOCALNRANKS', 'SLURM_NTASKS_PER_NODE'];
  return Math.max(1, ...names.map((name) => numberOf(environment, name) ?? 1));
}

function numberOf(environment: Environment, name: string): number | undefined {
  const text = environment[name] ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
