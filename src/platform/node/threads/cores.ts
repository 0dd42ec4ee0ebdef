/** The number of cores that this process may use: those it is bound to, limited by its control groups and its batch system. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { ranksHere } from '../mpi/launch.js';

/** Reads the content of a file; undefined where it cannot be read. */
export type ReadText = (path: string) => string | undefined;

/** Where it is read what a process may use; what is left out is that of this process. */
export interface Grants {
  /** The number of cores that the process is bound to. */
  readonly bound?: number;
  /** Files on its control groups. */
  readonly read?: ReadText;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How many ranks of its job are on this machine. */
  readonly ranks?: number;
}

/**
 * Returns how many cores this process may use, at least 1. A part of a core is not counted: a process that has used up
 * its quota stops with all its threads until the next period, and a team waits for its slowest thread at every step.
 * (Node does the same from libuv 1.49 on; Node 20 considers affinity alone.) Ranks of one job on one machine share its
 * cores, whether their launcher has bound them to some or not.
 */
export function availableCores({
  bound = availableParallelism(),
  read,
  env,
  ranks = ranksHere(),
}: Grants = {}): number {
  const shared = ranks > 1 ? Math.floor(cpus().length / ranks) : Infinity;
  return Math.max(1, Math.min(bound, shared, Math.floor(cpuQuota(read)), batchGrant(env)));
}

/**
 * Returns how many cores Slurm has given each process of its job (`--cpus-per-task`); infinite outside of one, and where
 * a job did not ask. Many clusters bind no process to its cores, and leave it to programs to keep to them.
 */
export function batchGrant(env: Required<Grants>['env'] = process.env): number {
  return env.SLURM_JOB_ID === undefined ? Infinity : ratio(Number(env.SLURM_CPUS_PER_TASK), 1);
}

/**
 * Returns the quota in cores of the process's control groups and all groups around them; infinite where there is no
 * limit, as outside of Linux. See cgroups(7) and the kernel's cgroup-v2.rst (`cpu.max`) and sched-bwc.rst
 * (`cpu.cfs_quota_us`).
 */
export function cpuQuota(read: ReadText = readText): number {
  let quota = Infinity;
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers = '', group = ''] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (group === '') continue;
    const quotaOf = controllers === '' ? quotaV2 : controllers.split(',').includes('cpu') ? quotaV1 : undefined;
    if (!quotaOf) continue;
    for (const path of upwards(group)) quota = Math.min(quota, quotaOf(path, read));
  }
  return quota;
}

/**
 * Lists a group and all around it: '/a/b', '/a', ''. In a container the path may be the host's, which does not exist
 * there; the container's own group is then the root.
 */
function upwards(group: string): string[] {
  const names = group.split('/').filter((name) => name !== '');
  return Array.from({ length: names.length + 1 }, (_, k) => {
    return names
      .slice(0, names.length - k)
      .map((name) => `/${name}`)
      .join('');
  });
}

/** Reads `cpu.max`, which holds quota and period; the quota is 'max' where there is none. */
function quotaV2(group: string, read: ReadText): number {
  const [quota, period] = (read(`/sys/fs/cgroup${group}/cpu.max`) ?? '').trim().split(' ').map(Number);
  return ratio(quota, period);
}

/** Reads the quota of version 1, which is -1 where there is none. */
function quotaV1(group: string, read: ReadText): number {
  const [quota, period] = ['quota', 'period'].map((name) => {
    return Number(read(`/sys/fs/cgroup/cpu${group}/cpu.cfs_${name}_us`));
  });
  return ratio(quota, period);
}

/** Returns the quotient; infinite unless both are numbers above 0. */
function ratio(quota = 0, period = 0): number {
  return quota > 0 && period > 0 ? quota / period : Infinity;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
