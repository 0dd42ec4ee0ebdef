/** The lock of a folder: one process at a time, and no process that is gone keeps the others out. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { beat } from '../../src/platform/node/lock/heartbeat.js';
import { lockFolder } from '../../src/platform/node/lock/lock.js';
import { claimOf } from '../../src/platform/node/lock/lock-file.js';
import { here } from '../../src/platform/node/lock/lock-owner.js';
import { startOf } from '../../src/platform/node/lock/processes.js';
import { suiteInFolder } from '../support/cli/cli.js';
import { HANGING } from '../support/cli/outcome.js';
import { messageOf, withoutRoot } from '../support/faults.js';

const test = suiteInFolder('lock');
const MODULE = new URL('../../src/platform/node/lock/lock.js', import.meta.url).href;
const RACER = fileURLToPath(new URL('../support/lock-racer.js', import.meta.url));

/** Runs `code` in a process of its own, after it has locked `dir` as `lock`. */
function script(dir: string, code: string): string[] {
  return [
    '--input-type=module',
    '-e',
    `import { lockFolder } from '${MODULE}'; const lock = await lockFolder('${dir}'); ${code}`,
  ];
}

/** A process that holds the lock of `dir`. */
async function holder(dir: string): Promise<ChildProcess> {
  const stays = 'console.log(); setInterval(() => {}, 1000)';
  const child = spawn(process.execPath, script(dir, stays), { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((locked) => child.stdout.once('data', locked));
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  await gone;
}

/** The number of a process that is gone. */
const dead = spawnSync('true').pid;
const SINCE = '2024-05-06T07:08:09.010Z';

/** Leaves a lock in `dir`, as another process would. */
function leave(dir: string, fields: object, { age = 0, name = '.lock' } = {}): void {
  const path = join(dir, name);
  const owner = { ...here, pid: dead, started: SINCE, ...fields };
  writeFileSync(path, JSON.stringify(owner));
  const time = new Date(Date.now() - age);
  utimesSync(path, time, time);
}

test('who holds it is in the file; it goes with release', async ({ dir }) => {
  const before = Date.now();
  const lock = await lockFolder(dir);
  const { pid, host, started } = JSON.parse(readFileSync(join(dir, '.lock'), 'utf8'));
  assert.equal([pid, host], [process.pid, hostname()]);
  assert.ok(Date.parse(started) >= before && Date.parse(started) <= Date.now());
  lock.assertHeld();
  await lock.release();
  await lock.release();
  assert.equal(readdirSync(dir), []);
  await (await lockFolder(dir)).release();
});

test('refused while the owner lives, in this process and in another', async ({ dir }) => {
  const path = join(dir, '.lock');
  const lock = await lockFolder(dir);
  const { started } = JSON.parse(readFileSync(path, 'utf8'));
  const advice = `wait for it or stop it, or, where it is gone, remove ${path}`;
  const own = `${dir}: in use by process ${process.pid} on ${hostname()} (since ${started}); ${advice}`;
  assert.is(await messageOf(lockFolder(dir)), own);
  const { stderr } = spawnSync(process.execPath, script(dir, ''), { encoding: 'utf8' });
  assert.ok(stderr.includes(own), stderr);
  await lock.release();

  const child = await holder(dir);
  assert.match(await messageOf(lockFolder(dir)), `in use by process ${child.pid} on `);
  await end(child, 'SIGKILL');
  await (await lockFolder(dir)).release();
});

test('the lock goes when its process ends: by itself, by exit, by an error; killed, it is stale', async ({ dir }) => {
  for (const code of ['', 'process.exit(3)', "throw new Error('x')", "Promise.reject(new Error('x'))"]) {
    const { status } = spawnSync(process.execPath, script(dir, code), { timeout: HANGING });
    assert.is(status, code === '' ? 0 : code.includes('3') ? 3 : 1, code);
    assert.equal(readdirSync(dir), [], code);
  }
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await end(await holder(dir), signal);
    assert.equal(readdirSync(dir), ['.lock']);
    await (await lockFolder(dir)).release();
    assert.equal(readdirSync(dir), []);
  }
});

test('of a process of this machine, number and start decide at once, whatever the clock says', async ({ dir }) => {
  const stale = async (fields: object) => {
    // An hour old, as it is to one whose clock is an hour ahead.
    leave(dir, fields, { age: 3_600_000 });
    const message = await messageOf(lockFolder(dir).then((lock) => lock.release()));
    if (message !== 'no error') assert.match(message, /: in use by process /);
    rmSync(join(dir, '.lock'), { force: true });
    return message === 'no error';
  };
  const parent = { pid: process.ppid, start: startOf(process.ppid) };
  assert.is(await stale({}), true, 'a dead process');
  assert.is(await stale(parent), false, 'one that runs');
  assert.is(await stale({ ...parent, host: 'elsewhere' }), false, 'under another host name');
  assert.is(await stale({ ...parent, start: '1' }), true, 'its number is that of another process now');
  assert.is(await stale({ pid: process.pid, start: '1' }), true, 'its number is ours now');
  leave(dir, { boot: 'before' }, { age: Date.now() });
  await (await lockFolder(dir)).release();
});

test('an empty lock: gone in a moment, as nobody writes one for so long', async ({ dir }) => {
  writeFileSync(join(dir, '.lock'), '');
  await (await lockFolder(dir)).release();
  assert.equal(readdirSync(dir), []);
});

test('another machine: waited for with a line that says how long, and refused once it is heard of', async ({ dir }) => {
  const path = join(dir, '.lock');
  const elsewhere = { host: 'elsewhere', boot: 'other' };
  const owner = `process ${dead} on elsewhere (since ${SINCE})`;
  const refusal = `${dir}: in use by ${owner}; wait for it or stop it, or, where it is gone, remove ${path}`;
  leave(dir, elsewhere);
  const lines: string[] = [];
  const say = (line: string) => {
    lines.push(line);
    // The owner shows that it lives.
    utimesSync(path, new Date(), new Date(0));
  };
  assert.is(await messageOf(lockFolder(dir, { say })), refusal);
  assert.equal(lines, [`${dir}: locked by ${owner}; waiting up to 90 s for a sign of life from it`]);
  assert.is(await messageOf(lockFolder(dir, { wait: 0 })), refusal, 'no time to wait');

  const stop = new AbortController();
  const waiting = lockFolder(dir, { signal: stop.signal, say: () => stop.abort(new InputError('stopped')) });
  assert.is(await messageOf(waiting), 'stopped');
});

test('an owner that lives is waited for as long as is asked', async ({ dir }) => {
  const lock = await lockFolder(dir);
  const owner = JSON.parse(readFileSync(join(dir, '.lock'), 'utf8'));
  const lines: string[] = [];
  const say = (line: string) => {
    lines.push(line);
    void lock.release();
  };
  await (await lockFolder(dir, { wait: 300, say })).release();
  const who = `process ${process.pid} on ${hostname()} (since ${owner.started})`;
  assert.equal(lines, [`${dir}: locked by ${who}; waiting up to 300 s for it to end`]);
});

test('a beat touches the own lock, no other one, and makes none', async ({ dir }) => {
  const path = join(dir, '.lock');
  const touched = () => statSync(path).mtimeMs > 0;
  const lock = await lockFolder(dir);
  const { id } = JSON.parse(readFileSync(path, 'utf8'));
  utimesSync(path, 0, 0);
  beat({ path, id });
  assert.ok(touched());
  leave(dir, { id: 'another' });
  utimesSync(path, 0, 0);
  beat({ path, id });
  assert.not.ok(touched());
  rmSync(path);
  beat({ path, id });
  assert.equal(readdirSync(dir), []);
  await lock.release();
});

test('it beats while its process computes without a break', async ({ dir }) => {
  // Only another thread can touch the file here; the loop ends as soon as one has.
  const busy = `const { statSync, utimesSync } = await import('node:fs');
    utimesSync('${dir}/.lock', 0, 0);
    const end = Date.now() + ${HANGING};
    while (statSync('${dir}/.lock').mtimeMs === 0 && Date.now() < end);
    console.log(statSync('${dir}/.lock').mtimeMs > 0);`;
  const { stdout, stderr } = spawnSync(process.execPath, script(dir, busy), { encoding: 'utf8' });
  assert.is(stdout, 'true\n', stderr);
});

test('one whose lock was taken over is told, and leaves it alone; a removed one is made anew', async ({ dir }) => {
  const path = join(dir, '.lock');
  const lock = await lockFolder(dir);
  rmSync(path);
  lock.assertHeld();
  assert.is(JSON.parse(readFileSync(path, 'utf8')).pid, process.pid);
  // Another machine has not heard of it for long.
  rmSync(path);
  const child = await holder(dir);
  const told = await messageOf((async () => lock.assertHeld())());
  assert.match(told, `${dir}: process ${child.pid} on ${hostname()} (since 20`);
  assert.match(
    told,
    ') has taken over this folder while this process was paused or cut off from it; leave the folder to it, or stop it and start again',
  );
  await lock.release();
  assert.is(JSON.parse(readFileSync(path, 'utf8')).pid, child.pid);
  await end(child, 'SIGKILL');
});

test('a folder that is missing or read-only', async ({ dir }) => {
  const missing = join(dir, 'no', '.lock');
  const reason = 'its folder does not exist; create the folder first (ENOENT)';
  assert.is(await messageOf(lockFolder(join(dir, 'no'))), `${missing}: cannot be written: ${reason}`);
  leave(dir, {});
  chmodSync(dir, 0o555);
  await withoutRoot(async () => {
    const denied = 'permission denied; change the permissions or choose another place (EACCES)';
    assert.is(await messageOf(lockFolder(dir)), `${join(dir, '.lock')}: cannot be written: ${denied}`);
  });
  chmodSync(dir, 0o755);
  assert.equal(readdirSync(dir), ['.lock']);
});

test('8 processes at once on 40 folders, most with a stale lock: in each exactly one wins', async ({ dir }) => {
  const folders = Array.from({ length: 40 }, (_, k) => join(dir, `${k}`));
  for (const [k, folder] of folders.entries()) {
    const lock = join(folder, '.lock');
    mkdirSync(folder);
    if (k % 4 > 0) leave(folder, {});
    // What processes have left that were killed while they took over, an older version too.
    if (k % 4 === 2) leave(folder, {}, { name: '.lock.removal' });
    if (k % 4 === 3) leave(folder, {}, { name: basename(claimOf(lock, readFileSync(lock, 'utf8'))) });
  }
  const racers = Array.from({ length: 8 }, () =>
    spawn(process.execPath, [RACER], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const gone = racers.map((racer) => new Promise((done) => racer.once('exit', done)));
  try {
    const answers = racers.map(({ stdout }) => createInterface(stdout)[Symbol.asyncIterator]());
    const answersOf = () => Promise.all(answers.map(async (lines) => (await lines.next()).value as string));
    await answersOf();
    const all = new Set<number>();
    for (const [k, folder] of folders.entries()) {
      // Another one is told first each time.
      for (const r of racers.keys()) racers[(k + r) % racers.length]!.stdin.write(`${folder}\n`);
      const lines = await answersOf();
      const winners = racers.filter((_, r) => lines[r] === 'won').map(({ pid }) => pid);
      assert.is(winners.length, 1, `${folder}: ${lines.join('\n')}`);
      all.add(winners[0]!);
      assert.is(JSON.parse(readFileSync(join(folder, '.lock'), 'utf8')).pid, winners[0]);
      for (const line of lines) assert.match(line, /^won$|: in use by (process \d+ on |an unknown process;)/);
    }
    assert.ok(all.size > 1, 'there was a race');
  } finally {
    for (const { stdin } of racers) stdin.end();
    await Promise.all(gone);
  }
  for (const folder of folders) assert.equal(readdirSync(folder), []);
});

test.run();
