/** The cores that a process may use: affinity, the quotas of control groups of either version, and a batch system's. */
import { availableParallelism } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { availableCores, batchGrant, cpuQuota } from '../../src/platform/node/threads/cores.js';

type Files = Readonly<Record<string, string>>;

const SYS = '/sys/fs/cgroup';
const V2 = { '/proc/self/cgroup': '0::/a/b\n' };
const V1 = { '/proc/self/cgroup': '5:memory:/a/b\n3:cpu,cpuacct:/a/b\n2:cpuset:/\n1:name=systemd:/a/b\n' };

const quota = (group: string, microseconds: number, period = 100_000): Files => ({
  [`${SYS}/cpu${group}/cpu.cfs_quota_us`]: `${microseconds}\n`,
  [`${SYS}/cpu${group}/cpu.cfs_period_us`]: `${period}\n`,
});

const CASES: Record<string, [Files, number]> = {
  'no control groups': [{}, Infinity],
  'v2: none': [V2, Infinity],
  'v2: max': [{ ...V2, [`${SYS}/a/b/cpu.max`]: 'max 100000\n' }, Infinity],
  'v2: two cores': [{ ...V2, [`${SYS}/a/b/cpu.max`]: '200000 100000\n' }, 2],
  'v2: another period': [{ ...V2, [`${SYS}/a/b/cpu.max`]: '150000 50000\n' }, 3],
  'v2: a core and a half': [{ ...V2, [`${SYS}/a/b/cpu.max`]: '150000 100000\n' }, 1.5],
  'v2: the parent grants less': [
    { ...V2, [`${SYS}/a/b/cpu.max`]: '800000 100000\n', [`${SYS}/a/cpu.max`]: '300000 100000\n' },
    3,
  ],
  'v2: the child has less': [
    { ...V2, [`${SYS}/a/b/cpu.max`]: '300000 100000\n', [`${SYS}/a/cpu.max`]: '800000 100000\n' },
    3,
  ],
  'v2: in a container that has a namespace': [
    { '/proc/self/cgroup': '0::/\n', [`${SYS}/cpu.max`]: '400000 100000\n' },
    4,
  ],
  'v2: the path is that of the host': [{ ...V2, [`${SYS}/cpu.max`]: '400000 100000\n' }, 4],
  'v2: a group beside it does not count': [{ ...V2, [`${SYS}/a/c/cpu.max`]: '100000 100000\n' }, Infinity],
  'v2: a group whose name has a colon': [
    { '/proc/self/cgroup': '0::/a:b\n', [`${SYS}/a:b/cpu.max`]: '200000 100000\n' },
    2,
  ],
  'v2: damaged': [{ ...V2, [`${SYS}/a/b/cpu.max`]: 'four\n' }, Infinity],
  'v1: none': [{ ...V1, ...quota('/a/b', -1) }, Infinity],
  'v1: two cores': [{ ...V1, ...quota('/a/b', 100_000, 50_000) }, 2],
  'v1: the parent grants less': [{ ...V1, ...quota('/a/b', -1), ...quota('/a', 300_000) }, 3],
  'v1: the path is that of the host': [{ ...V1, ...quota('', 250_000) }, 2.5],
  'v1: the controller is cpu and not cpuset or cpuacct': [
    { '/proc/self/cgroup': '3:cpuset:/a\n2:cpuacct:/a\n', ...quota('/a', 100_000) },
    Infinity,
  ],
  'both: v1 has the controller': [
    { '/proc/self/cgroup': '1:cpu:/a\n0::/a\n', ...quota('/a', 300_000), [`${SYS}/unified/a/cpu.max`]: '1 1' },
    3,
  ],
};

for (const [name, [files, expected]] of Object.entries(CASES)) {
  test(name, () =>
    assert.is(
      cpuQuota((path) => files[path]),
      expected,
    ),
  );
}

test('whole cores, at least 1, at most those that the process is bound to', () => {
  const cores = (quota: string, bound: number, env = {}): number => {
    return availableCores({ bound, read: (path) => ({ ...V2, [`${SYS}/a/b/cpu.max`]: quota })[path], env });
  };
  assert.is(cores('max 100000', 8), 8);
  assert.is(cores('250000 100000', 8), 2);
  assert.is(cores('150000 100000', 8), 1);
  assert.is(cores('50000 100000', 8), 1);
  assert.is(cores('1000000 100000', 8), 8);
  assert.is(cores('max 100000', 8, { SLURM_JOB_ID: '7', SLURM_CPUS_PER_TASK: '3' }), 3);
  assert.is(cores('200000 100000', 8, { SLURM_JOB_ID: '7', SLURM_CPUS_PER_TASK: '3' }), 2);
});

test('Slurm grants cores to the processes of a job that has asked for them', () => {
  assert.is(batchGrant({ SLURM_JOB_ID: '7', SLURM_CPUS_PER_TASK: '16' }), 16);
  assert.is(batchGrant({ SLURM_JOB_ID: '7' }), Infinity);
  // Set by hand, or left in a shell from a job that is over.
  assert.is(batchGrant({ SLURM_CPUS_PER_TASK: '16' }), Infinity);
  assert.is(batchGrant({}), Infinity);
});

test('here', () => {
  const cores = availableCores();
  assert.ok(Number.isInteger(cores) && cores >= 1 && cores <= availableParallelism(), `${cores}`);
});

test.run();
