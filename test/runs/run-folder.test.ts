/** The folder of a run: created, left, resumed, and removed where the run produced nothing. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { RunFolder } from '../../src/runs/run-folder.js';
import { inBegunRun, inNewRun } from '../../src/runs/run-session.js';
import { suiteInFolder } from '../support/cli/cli.js';
import { messageOf, withoutRoot } from '../support/faults.js';
import { checkpointOf, numberOf } from '../support/training/checkpoints.js';

const test = suiteInFolder('run folder');
const RESTORE = '; restore the file from a copy';

/** A folder in which a run was begun and left. */
async function begun(dir: string, checkpoints = 0): Promise<string> {
  const path = join(dir, 'run');
  const folder = await RunFolder.create(path, { lr: 0.1, filters: [2, 4] });
  for (let n = 1; n <= checkpoints; n++) await folder.writeCheckpoint(checkpointOf(n));
  await folder.close();
  return path;
}

/** Does `work` with a folder that is opened, and closes it. */
async function reopened<T>(path: string, work: (folder: RunFolder) => Promise<T>): Promise<T> {
  const folder = await RunFolder.open(path);
  return work(folder).finally(() => folder.close());
}

test('created, closed and opened again: the configuration and the newest checkpoint', async ({ dir }) => {
  const path = await begun(dir, 2);
  const names = ['checkpoint-previous.safetensors', 'checkpoint.safetensors', 'config.json', 'metrics.jsonl'];
  assert.equal(readdirSync(path).sort(), names);
  await reopened(path, async (folder) => {
    assert.equal(folder.config, { lr: 0.1, filters: [2, 4] });
    assert.ok(folder.hasCheckpoint);
    const { checkpoint, warning } = (await folder.readCheckpoint())!;
    assert.equal([numberOf(checkpoint), warning], [2, undefined]);
    await folder.writeCheckpoint(checkpointOf(3));
    assert.is(numberOf((await folder.readCheckpoint())!.checkpoint), 3);
  });
  assert.equal(readdirSync(path).sort(), names);
});

test('killed before the first checkpoint, it can be opened all the same', async ({ dir }) => {
  const path = await begun(dir);
  rmSync(join(path, 'metrics.jsonl'));
  await reopened(path, async (folder) => {
    assert.is(await folder.readCheckpoint(), undefined);
    assert.equal(await folder.keepMetrics(0), []);
  });
  assert.equal(readdirSync(path).sort(), ['config.json', 'metrics.jsonl']);
});

test('one process at a time, and every other call is refused', async ({ dir }) => {
  const path = join(dir, 'run');
  const folder = await RunFolder.create(path, {});
  const inUse = `${path}: in use by process ${process.pid} on `;
  assert.match(await messageOf(RunFolder.open(path)), inUse);
  assert.match(await messageOf(RunFolder.create(path, {})), inUse);
  assert.match(await messageOf(inNewRun(path, {}, async () => {})), inUse);
  assert.equal(readdirSync(path).sort(), ['.lock', 'config.json', 'metrics.jsonl'], 'and nothing is withdrawn');
  await folder.close();
});

test('who lost the lock writes nothing more', async ({ dir }) => {
  const path = await begun(dir, 1);
  const before = readFileSync(join(path, 'checkpoint.safetensors'));
  await reopened(path, async (folder) => {
    const taken = { pid: process.ppid, host: 'h', namespace: '', started: '2024-05-06T07:08:09.010Z' };
    writeFileSync(join(path, '.lock'), JSON.stringify(taken));
    for (const write of [folder.writeCheckpoint(checkpointOf(2)), folder.keepMetrics(0), folder.readCheckpoint()]) {
      assert.match(
        await messageOf(write),
        `${path}: process ${process.ppid} on h (since 2024-05-06T07:08:09.010Z) has taken`,
      );
    }
  });
  assert.equal(readFileSync(join(path, 'checkpoint.safetensors')), before);
  assert.ok(existsSync(join(path, '.lock')), "another's lock stays");
});

test('a folder that holds a run is not begun anew', async ({ dir }) => {
  const path = await begun(dir, 1);
  const refused = `${path}: already holds a run; continue it with --resume, or give another folder`;
  const names = readdirSync(path).sort();
  assert.is(await messageOf(RunFolder.create(path, {})), refused);
  assert.is(await messageOf(inNewRun(path, {}, async () => {})), refused);
  assert.equal(readdirSync(path).sort(), names);
  rmSync(join(path, 'config.json'));
  assert.is(await messageOf(RunFolder.create(path, {})), refused, 'a checkpoint alone');
});

test('no run, or a damaged one, is not opened, and no lock is left', async ({ dir }) => {
  const noRun = (path: string) => `${path}: no run to resume, as it has no config.json; give the folder of a run`;
  assert.is(await messageOf(RunFolder.open(dir)), noRun(dir));
  assert.is(await messageOf(RunFolder.open(join(dir, 'no'))), noRun(join(dir, 'no')));
  const path = await begun(dir);
  const config = join(path, 'config.json');
  for (const [text, told] of [
    ['', 'the file is empty; restore it from a copy'],
    ['{"lr": 0', 'not valid JSON at line 1, column 9'],
    ['[1]', `damaged: expected a JSON object, found [1]${RESTORE}`],
    ['null', `damaged: expected a JSON object, found null${RESTORE}`],
  ] as const) {
    writeFileSync(config, text);
    assert.is(await messageOf(RunFolder.open(path)), `${config}: ${told}`);
  }
  assert.equal(readdirSync(path).sort(), ['config.json', 'metrics.jsonl']);
});

test('what killed processes were writing is cleared away', async ({ dir }) => {
  const path = await begun(dir, 1);
  const dead = spawnSync('true').pid;
  // The second has the number of a process that lives.
  for (const name of [`.model.safetensors.${dead}.3.tmp`, `.curves.png.${process.ppid}.0.tmp`, '.other.tmp']) {
    writeFileSync(join(path, name), 'x');
  }
  writeFileSync(join(path, 'checkpoint-next.safetensors'), 'x');
  await reopened(path, async (folder) => {
    await folder.readCheckpoint();
    const names = ['.lock', '.other.tmp', 'checkpoint.safetensors', 'config.json', 'metrics.jsonl'];
    assert.equal(readdirSync(path).sort(), names);
  });
});

async function failure(promise: Promise<void>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

const fail = async () => {
  throw new Error('failed');
};

test('a run that fails with nothing to show is withdrawn, with the folders made for it', async ({ dir }) => {
  mkdirSync(join(dir, 'there'));
  for (const path of [join(dir, 'there'), join(dir, 'there/a/b')]) {
    assert.is(await failure(inNewRun(path, {}, fail)), 'failed');
    assert.equal(readdirSync(dir, { recursive: true }), ['there']);
  }
});

test('a run that fails with something to show stays, and the error says where', async ({ dir }) => {
  const run = (name: string, leave: (folder: RunFolder) => Promise<void> | void) =>
    failure(
      inNewRun(join(dir, name), {}, async (folder) => {
        await leave(folder);
        await fail();
      }),
    );
  const withCheckpoint = await run('a', (folder) => folder.writeCheckpoint(checkpointOf(1)));
  assert.is(withCheckpoint, `failed; the last checkpoint is in ${join(dir, 'a')}`);
  const withModel = await run('b', (folder) => writeFileSync(folder.model, 'm'));
  assert.is(withModel, `failed; the best model so far is in ${join(dir, 'b/model.safetensors')}`);
  assert.equal(readdirSync(join(dir, 'a')).sort(), ['checkpoint.safetensors', 'config.json', 'metrics.jsonl']);
  assert.equal(readdirSync(join(dir, 'b')).sort(), ['config.json', 'metrics.jsonl', 'model.safetensors']);
});

test('a run that is gone on with is never withdrawn', async ({ dir }) => {
  const path = await begun(dir);
  const prepare = async ({ config }: RunFolder) => {
    assert.ok(existsSync(join(path, '.lock')));
    return config;
  };
  let given: unknown;
  await inBegunRun(path, prepare, async (_, config) => {
    assert.ok(existsSync(join(path, '.lock')));
    given = config;
  });
  assert.equal(given, { lr: 0.1, filters: [2, 4] });
  assert.is(await failure(inBegunRun(path, prepare, fail)), 'failed');
  assert.equal(readdirSync(path).sort(), ['config.json', 'metrics.jsonl']);
});

test('where a run is that goes on and fails is said, but not to what is refused before', async ({ dir }) => {
  const path = await begun(dir, 1);
  assert.is(await failure(inBegunRun(path, fail, async () => {})), 'failed');
  const prepare = async () => {};
  assert.is(await failure(inBegunRun(path, prepare, fail)), `failed; the last checkpoint is in ${path}`);
  assert.not.ok(existsSync(join(path, '.lock')));
});

test('a folder that cannot be written to', async ({ dir }) => {
  const path = await begun(dir, 1);
  const names = readdirSync(path).sort();
  const denied = 'permission denied; change the permissions or choose another place (EACCES)';
  chmodSync(path, 0o555);
  chmodSync(dir, 0o555);
  await withoutRoot(async () => {
    assert.is(await messageOf(RunFolder.open(path)), `${join(path, '.lock')}: cannot be written: ${denied}`);
    const other = join(dir, 'other');
    assert.is(await messageOf(inNewRun(other, {}, async () => {})), `${other}: cannot be created: ${denied}`);
  });
  for (const folder of [dir, path]) chmodSync(folder, 0o755);
  assert.equal(readdirSync(path).sort(), names);
});

test('a disk that is full as a run begins: nothing is left', ({ dir }) => {
  const path = join(dir, 'run');
  const url = new URL('../../src/runs/run-folder.js', import.meta.url).href;
  const code = `
    import { RunFolder } from '${url}';
    await RunFolder.create('${path}', { text: 'x'.repeat(5000) }).catch((error) => console.log(error.message));`;
  const limited = ['-c', 'ulimit -f 2; exec "$0" "$@"', process.execPath, '--input-type=module', '-e', code];
  const { stdout } = spawnSync('sh', limited, { encoding: 'utf8' });
  const reason =
    'the file is larger than the system allows; raise the limit (ulimit -f) or choose another place (EFBIG)';
  assert.is(stdout, `${join(path, 'config.json')}: cannot be written: ${reason}\n`);
  assert.equal(readdirSync(path), []);
});

test.run();
