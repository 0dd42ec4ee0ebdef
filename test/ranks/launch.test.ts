/** Whether a process is one of several ranks is read off its environment, and nothing else is taken for that. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { launchOf, ranksHere } from '../../src/platform/node/mpi/launch.js';
import { candidates } from '../../src/platform/node/mpi/library.js';
import { availableCores } from '../../src/platform/node/threads/cores.js';

test('ranks of Open MPI, MPICH and Slurm', () => {
  const openMpi = { OMPI_COMM_WORLD_RANK: '1', OMPI_COMM_WORLD_SIZE: '4', OMPI_COMM_WORLD_LOCAL_RANK: '0' };
  assert.equal(launchOf(openMpi), { rank: 1, size: 4, isFirstHere: true, by: 'Open MPI' });
  assert.equal(launchOf({ PMI_RANK: '2', PMI_SIZE: '3' }), { rank: 2, size: 3, isFirstHere: false, by: 'PMI' });
  const slurm = { PMIX_RANK: '0', SLURM_NTASKS: '9', SLURM_STEP_NUM_TASKS: '2', SLURM_LOCALID: '0' };
  assert.equal(launchOf(slurm), { rank: 0, size: 2, isFirstHere: true, by: 'PMIx' });
});

test('a single rank, the script of a batch job, and no launcher at all are plain processes', () => {
  assert.is(launchOf({}), undefined);
  assert.is(launchOf({ SLURM_NTASKS: '4', SLURM_PROCID: '0', SLURM_LOCALID: '0' }), undefined);
  assert.is(launchOf({ OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '1' }), undefined);
  assert.is(launchOf({ PMIX_RANK: '0', SLURM_STEP_NUM_TASKS: '1', SLURM_NTASKS: '4' }), undefined);
});

test('ranks of one machine share its cores', () => {
  assert.is(ranksHere({ OMPI_COMM_WORLD_LOCAL_SIZE: '4' }), 1);
  const here = { OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '4', OMPI_COMM_WORLD_LOCAL_SIZE: '2' };
  assert.is(ranksHere(here), 2);
  const none = () => undefined;
  assert.is(availableCores({ bound: 1, read: none, env: {}, ranks: 2 }), 1);
  assert.is(availableCores({ bound: 64, read: none, env: {}, ranks: 1_000_000 }), 1);
});

test('the library of the launcher is tried first, and a named one alone', () => {
  assert.match(candidates('Open MPI', undefined)[0]!, /^libmpi\.so/);
  assert.match(candidates('PMI', undefined)[0]!, /^libmpich/);
  assert.equal(candidates('PMI', '/opt/mpi/libmpi.so'), ['/opt/mpi/libmpi.so']);
});

test.run();
