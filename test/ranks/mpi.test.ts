/** The command line under a real mpirun, with each MPI that is installed: the bits of one process, and one end for all. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { launchers, type MpiLauncher } from '../support/ranks/launchers.js';

const MAIN = fileURLToPath(new URL('../../cli/unetpp.js', import.meta.url));
const OPTIONS = ['--filters', '2,4', '--size', '32', '--split', '12,4,0', '--batch', '6', '--micro-batch', '2'];
const MORE = ['--norm', 'batch', '--ema', '0.9', '--clip', '0.5', '--quiet', '--json'];
const LONG_MS = 120_000;

const home = mkdtempSync(join(tmpdir(), 'unetpp-mpi-'));

function start(program: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: home, encoding: 'utf8', timeout: LONG_MS });
  return { status, stdout, stderr };
}

function train(args: readonly string[], launcher?: MpiLauncher, ranks = 2) {
  const command = [MAIN, 'train', ...OPTIONS, ...MORE, ...args];
  return launcher
    ? start(launcher.program, [...launcher.options, '-np', `${ranks}`, process.execPath, ...command])
    : start(process.execPath, command);
}

const shaOf = ({ stdout }: { readonly stdout: string }): unknown => JSON.parse(stdout.trim()).weightsSha256;

for (const launcher of launchers()) {
  test(`${launcher.program}: ranks begin a run and go on with it, to the bits of one process`, () => {
    const alone = train(['--epochs', '2', '--workers', '1', '--out', `alone-${launcher.program}`]);
    assert.is(alone.status, 0, alone.stderr);
    const out = ['--out', `run-${launcher.program}`];
    const first = train(['--epochs', '1', '--workers', '2', ...out], launcher);
    assert.is(first.status, 0, first.stderr);
    assert.is(JSON.parse(first.stdout.trim()).ranks, 2);
    const second = train(['--epochs', '2', '--workers', '1', ...out], launcher, 3);
    assert.is(second.status, 0, second.stderr);
    assert.is(shaOf(second), shaOf(alone));
  });

  test(`${launcher.program}: what is wrong is told once, and ends all ranks`, () => {
    const { status, stderr, stdout } = train(['--data', 'nowhere'], launcher);
    assert.is(status, 2, stderr);
    assert.equal(stderr.match(/^unetpp: .*$/gm), ['unetpp: nowhere: no such folder']);
    assert.is(stdout.includes('weightsSha256'), false);
  });

  test(`${launcher.program}: a rank with another option is named`, () => {
    const of = (epochs: string) => [
      '-np',
      '1',
      process.execPath,
      MAIN,
      'train',
      ...OPTIONS,
      ...MORE,
      '--epochs',
      epochs,
    ];
    const { status, stderr } = start(launcher.program, [...launcher.options, ...of('2'), ':', ...of('3')]);
    assert.is(status, 2, stderr);
    const line = 'unetpp: rank 1: --epochs is 3, but 2 on rank 0; start all ranks by the same command';
    assert.equal(stderr.match(/^unetpp: .*$/gm), [line]);
  });
}

test('ranks without an MPI library, in one line', () => {
  const env = { ...process.env, PMI_RANK: '0', PMI_SIZE: '2', UNETPP_MPI: 'no-such-mpi.so' };
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'train'], { cwd: home, encoding: 'utf8', env });
  assert.is(status, 2, stderr);
  assert.is(
    stderr,
    'unetpp: 2 ranks were started, but there is no MPI library (no-such-mpi.so); install the one of mpirun, or name its file in UNETPP_MPI\n',
  );
});

test.after(() => rmSync(home, { recursive: true, force: true }));

test.run();
