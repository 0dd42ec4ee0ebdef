/** The checkpoints in a folder: whatever happens while one is written, a good one is found, and it is the newest. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  promises,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { fold, Random, seedKey } from '../../src/base/random.js';
import { CheckpointFiles } from '../../src/runs/checkpoint-files.js';
import { encodeCheckpoint } from '../../src/train/checkpoint/checkpoint.js';
import { FILE_OPERATIONS } from '../campaigns/small-training.js';
import { suiteInFolder } from '../support/cli/cli.js';
import { messageOf, withoutRoot } from '../support/faults.js';
import { checkpointOf, numberOf } from '../support/training/checkpoints.js';

const test = suiteInFolder('checkpoint files');
const [NEWEST, PREVIOUS, NEXT] = ['checkpoint', 'checkpoint-previous', 'checkpoint-next'].map(
  (name) => `${name}.safetensors`,
) as [string, string, string];
const WRITER = fileURLToPath(new URL('../support/training/checkpoint-writer.js', import.meta.url));

/** A new process, as it were, reads. */
async function read(dir: string, length?: number): Promise<{ n: number; warning: string | undefined } | undefined> {
  const found = await new CheckpointFiles(dir).read();
  return found && { n: numberOf(found.checkpoint, length), warning: found.warning };
}

async function put(dir: string, name: string, n: number): Promise<void> {
  writeFileSync(join(dir, name), Buffer.concat(await encodeCheckpoint(checkpointOf(n))));
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  writeFileSync(path, bytes);
}

test('the newest and the one before', async ({ dir }) => {
  const files = new CheckpointFiles(dir);
  assert.is(await files.read(), undefined);
  assert.not.ok(files.exist);
  for (const n of [1, 2, 3]) await files.write(checkpointOf(n));
  assert.ok(files.exist);
  assert.equal(readdirSync(dir).sort(), [PREVIOUS, NEWEST].sort());
  assert.equal(await read(dir), { n: 3, warning: undefined });
  renameSync(join(dir, PREVIOUS), join(dir, NEWEST));
  assert.equal(await read(dir), { n: 2, warning: undefined });
});

test('a damaged newest: the previous, with a warning; the next write keeps it', async ({ dir }) => {
  const newest = join(dir, NEWEST);
  const going = `; resuming from the previous checkpoint, ${PREVIOUS}`;
  const files = new CheckpointFiles(dir);
  for (const n of [1, 2]) await files.write(checkpointOf(n));
  flip(newest, -1);
  const { n, warning } = (await read(dir))!;
  assert.is(n, 1);
  const digests = 'SHA-256 of the data is [0-9a-f]{64}, the header says "[0-9a-f]{64}"';
  assert.match(warning!, new RegExp(`^${newest}: damaged: ${digests}${going}$`));

  truncateSync(newest, readFileSync(newest).length - 4);
  const cut = `${newest}: damaged: cut short: expected 36 bytes of data, found 32${going}`;
  assert.equal(await read(dir), { n: 1, warning: cut });
  truncateSync(newest, 0);
  assert.equal(await read(dir), { n: 1, warning: `${newest}: the file is empty${going}` });
  rmSync(newest);
  assert.equal(await read(dir), { n: 1, warning: undefined });

  writeFileSync(newest, 'x');
  const later = new CheckpointFiles(dir);
  assert.is(numberOf((await later.read())!.checkpoint), 1);
  await later.write(checkpointOf(2));
  assert.equal(await read(dir), { n: 2, warning: undefined });
  rmSync(newest);
  assert.equal(await read(dir), { n: 1, warning: undefined }, 'the damaged one did not take the place of the previous');
  await later.write(checkpointOf(3));
  await later.write(checkpointOf(4));
  rmSync(newest);
  assert.equal(await read(dir), { n: 3, warning: undefined });
});

test('none is good: both are named', async ({ dir }) => {
  const files = new CheckpointFiles(dir);
  for (const n of [1, 2]) await files.write(checkpointOf(n));
  const [newest, previous] = [join(dir, NEWEST), join(dir, PREVIOUS)];
  writeFileSync(newest, '');
  truncateSync(previous, 100);
  const empty = `${newest}: the file is empty; restore it from a copy`;
  const length = readFileSync(previous).readUInt32LE(0);
  const cut = `${previous}: damaged: cut short: the header ends at byte ${8 + length}, the file has 100; restore the file from a copy`;
  assert.is(await messageOf(read(dir)), `${empty}; and ${cut}`);
  assert.is(
    await messageOf(new CheckpointFiles(dir).write(checkpointOf(3))),
    `${empty}; and ${cut}`,
    'nor written over',
  );
  rmSync(newest);
  assert.is(await messageOf(read(dir)), cut);
});

test('after an interrupted write: what was whole is used, what was not goes', async ({ dir }) => {
  await put(dir, NEXT, 3);
  assert.equal(await read(dir), { n: 3, warning: undefined }, 'the first, whole, without its name');
  assert.equal(readdirSync(dir), [NEWEST]);

  await put(dir, NEXT, 4);
  assert.equal(await read(dir), { n: 4, warning: undefined }, 'beside the newest');
  await put(dir, NEXT, 5);
  rmSync(join(dir, NEWEST));
  assert.equal(await read(dir), { n: 5, warning: undefined }, 'between the two renames');
  assert.equal(readdirSync(dir).sort(), [PREVIOUS, NEWEST].sort());

  await put(dir, NEXT, 6);
  flip(join(dir, NEXT), 300);
  assert.equal(await read(dir), { n: 5, warning: undefined });
  assert.not.ok(existsSync(join(dir, NEXT)));
});

test('killed in its first write, there is none', async ({ dir }) => {
  await put(dir, NEXT, 1);
  truncateSync(join(dir, NEXT), 200);
  assert.is(await read(dir), undefined);
  assert.equal(readdirSync(dir), []);
});

test('a write that comes without a read saves what an interrupted one has left', async ({ dir }) => {
  await put(dir, NEXT, 1);
  await new CheckpointFiles(dir).write(checkpointOf(2));
  assert.equal(await read(dir), { n: 2, warning: undefined });
  rmSync(join(dir, NEWEST));
  assert.equal(await read(dir), { n: 1, warning: undefined });
});

test('the bytes are forced to the disk before they take the name, and the names at the end', async ({ dir }) => {
  await new CheckpointFiles(dir).write(checkpointOf(1));
  const log: string[] = [];
  const folder = await promises.open(dir);
  const handles = Object.getPrototypeOf(folder);
  await folder.close();
  const { sync } = handles;
  const { rename } = promises;
  handles.sync = function (this: unknown) {
    log.push('sync');
    return sync.call(this);
  };
  promises.rename = (from, to) => {
    log.push(`${basename(`${from}`)} to ${basename(`${to}`)}`);
    return rename(from, to);
  };
  syncBuiltinESMExports();
  try {
    await new CheckpointFiles(dir).write(checkpointOf(2));
  } finally {
    handles.sync = sync;
    promises.rename = rename;
    syncBuiltinESMExports();
  }
  assert.equal(log, ['sync', `${NEWEST} to ${PREVIOUS}`, `${NEXT} to ${NEWEST}`, 'sync']);
});

/** Goes on writing checkpoints in a process that is killed as `how` says; what it prints. */
function killedWriter(folder: string, length: number, how: string): string {
  const args = ['--import', `${FILE_OPERATIONS}?${how}`, WRITER, folder, `${length}`];
  const { signal, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  assert.is(signal, 'SIGKILL', stderr);
  return stdout;
}

test('killed before each step of a write', async ({ dir }) => {
  const found: number[] = [];
  for (let operation = 1; ; operation++) {
    const folder = join(dir, `${operation}`);
    mkdirSync(folder);
    await new CheckpointFiles(folder).write(checkpointOf(1));
    if (killedWriter(folder, 3, `kill=${operation}`) !== '') break;
    const { n, warning } = (await read(folder))!;
    assert.is(warning, undefined, `before operation ${operation}`);
    found.push(n);
    if (n === 1) continue;
    rmSync(join(folder, NEWEST));
    assert.equal(await read(folder), { n: 1, warning: undefined });
  }
  // Before the file is whole, and afterwards: before its sync, both renames, and the sync of the folder.
  assert.equal(found, [...found.slice(0, -4).fill(1), 2, 2, 2, 2]);
  assert.ok(found.includes(1));
});

test('20 kills at random moments: nothing that was written is lost', async ({ dir }) => {
  const length = 100_000;
  const random = new Random(fold(seedKey(4), 'kills'));
  let n = 0;
  let interrupted = 0;
  for (let kill = 0; kill < 20; kill++) {
    const how = `kill=${3 + random.integer(30)}${random.integer(2) === 0 ? '&torn' : ''}`;
    const lines = killedWriter(dir, length, how).trim().split('\n');
    const said = Number(lines.at(-1)) || n;
    if (existsSync(join(dir, NEXT))) interrupted++;
    const found = await read(dir, length);
    n = found?.n ?? 0;
    assert.ok(n === said || n === said + 1, `${said} was written, ${n} is read`);
    assert.is(found?.warning, undefined);
  }
  assert.ok(n > 20, 'it went on');
  assert.ok(interrupted > 0, 'no kill came in the middle of a write');
});

test('a disk that is full: one line, no partial file, and what was there stays', async ({ dir }) => {
  await new CheckpointFiles(dir).write(checkpointOf(1));
  const code = `
    import { readdirSync } from 'node:fs';
    import { CheckpointFiles } from '${new URL('../../src/runs/checkpoint-files.js', import.meta.url).href}';
    import { checkpointOf } from '${new URL('../support/training/checkpoints.js', import.meta.url).href}';
    const files = new CheckpointFiles('${dir}');
    await files.write(checkpointOf(2, 100000)).catch((error) => console.log(error.message));
    console.log(readdirSync('${dir}').join());
    await files.write(checkpointOf(3));`;
  // A limit on the size of files stands in for a full disk: the first blocks are written, then the write fails.
  const limited = ['-c', 'ulimit -f 16; exec "$0" "$@"', process.execPath, '--input-type=module', '-e', code];
  const { status, stdout } = spawnSync('sh', limited, { encoding: 'utf8' });
  assert.is(status, 0);
  const reason =
    'the file is larger than the system allows; raise the limit (ulimit -f) or choose another place (EFBIG)';
  assert.is(stdout, `${join(dir, NEWEST)}: cannot be written: ${reason}\n${NEWEST}\n`);
  assert.equal(await read(dir), { n: 3, warning: undefined }, 'a smaller one could be written afterwards');
  assert.equal(readdirSync(dir).sort(), [PREVIOUS, NEWEST].sort());
  rmSync(join(dir, NEWEST));
  assert.equal(await read(dir), { n: 1, warning: undefined });
});

test('a folder that is read-only: one line, and what was there stays', async ({ dir }) => {
  const files = new CheckpointFiles(dir);
  await files.write(checkpointOf(1));
  chmodSync(dir, 0o555);
  const reason = 'permission denied; change the permissions or choose another place (EACCES)';
  await withoutRoot(async () => {
    const message = await messageOf(files.write(checkpointOf(2)));
    assert.is(message, `${join(dir, NEWEST)}: cannot be written: ${reason}`);
    assert.equal(await read(dir), { n: 1, warning: undefined });
  });
  chmodSync(dir, 0o755);
  await files.write(checkpointOf(3));
  assert.equal(await read(dir), { n: 3, warning: undefined });
});

test('a folder that is gone', async ({ dir }) => {
  const files = new CheckpointFiles(join(dir, 'gone'));
  const reason = 'its folder does not exist; create the folder first (ENOENT)';
  assert.is(
    await messageOf(files.write(checkpointOf(1))),
    `${join(dir, 'gone', NEWEST)}: cannot be written: ${reason}`,
  );
});

test('two writes at once are a fault of the caller', async ({ dir }) => {
  const files = new CheckpointFiles(dir);
  const first = files.write(checkpointOf(1));
  let message = '';
  await files.write(checkpointOf(2)).catch((error: Error) => (message = error.message));
  assert.is(message, 'internal: two checkpoints are written at once');
  await first;
  await files.write(checkpointOf(3));
  assert.equal(await read(dir), { n: 3, warning: undefined });
});

test.run();
