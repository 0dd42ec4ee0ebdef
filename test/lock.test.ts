/** The lock of a folder: one process at a time, and no process that is gone keeps the others out. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { lockFolder } from '../src/files/lock.js';
import { suiteInFolder } from './support/cli.js';
import { messageOf, withoutRoot } from './support/faults.js';

const test = suiteInFolder('lock');
const MODULE = new URL('../src/files/lock.js', import.meta.url).href;
const RACER = fileURLToPath(new URL('./support/lock-racer.js', import.meta.url));

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
const namespace = existsSync('/proc/self/ns/pid') ? readlinkSync('/proc/self/ns/pid') : '';
const SINCE = '2024-05-06T07:08:09.010Z';

/** Leaves a lock in `dir`, as another process would. */
function leave(dir: string, fields: object, { age = 0, name = '.lock' } = {}): void {
  const path = join(dir, name);
  const owner = { pid: dead, host: hostname(), namespace, started: SINCE, ...fields };
  writeFileSync(path, JSON.stringify(owner));
  const time = new Date(Date.now() - age);
  utimesSync(path, time, time);
}

const MINUTE = 60_000;

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
    const { status } = spawnSync(process.execPath, script(dir, code), { timeout: 20_000 });
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

test('which locks are stale', async ({ dir }) => {
  const stale = async (fields: object, age = 0) => {
    leave(dir, fields, { age });
    const message = await messageOf(lockFolder(dir).then((lock) => lock.release()));
    if (message !== 'no error') assert.match(message, /: in use by /);
    rmSync(join(dir, '.lock'), { force: true });
    return message === 'no error';
  };
  const running = { pid: process.ppid };
  assert.is(await stale({}), true, 'a dead process of this machine');
  assert.is(await stale(running), false, 'one that runs');
  assert.is(await stale(running, 9 * MINUTE), false);
  assert.is(await stale(running, 11 * MINUTE), true, 'its number is that of another process now');
  assert.is(await stale({ pid: process.pid }), true, 'its number is ours now');
  const elsewhere = { host: 'elsewhere' };
  assert.is(await stale(elsewhere), false, 'nobody knows');
  assert.is(await stale(elsewhere, 9 * MINUTE), false);
  assert.is(await stale(elsewhere, 11 * MINUTE), true);
  const container = { namespace: 'pid:[1]' };
  assert.is(await stale(container), false, 'its number means something else here');
  assert.is(await stale(container, 11 * MINUTE), true);
  assert.is(await stale({ pid: 'x' }), false, 'no owner');
  assert.is(await stale({ pid: 'x' }, 11 * MINUTE), true);
});

test('an empty lock: its owner is about to write it, or died before', async ({ dir }) => {
  const path = join(dir, '.lock');
  writeFileSync(path, '');
  const advice = `wait for it or stop it, or, where it is gone, remove ${path}`;
  assert.is(await messageOf(lockFolder(dir)), `${dir}: in use by an unknown process; ${advice}`);
});

test('it is refreshed every 30 seconds, and does not keep the process', async ({ dir }) => {
  const real = globalThis.setInterval;
  let refresh = () => {};
  let every = 0;
  globalThis.setInterval = ((action: () => void, ms: number) => {
    [refresh, every] = [action, ms];
    return real(() => {}, 1e6);
  }) as typeof setInterval;
  const lock = await lockFolder(dir);
  globalThis.setInterval = real;
  assert.is(every, 30_000);
  const path = join(dir, '.lock');
  const long = new Date(Date.now() - 5 * MINUTE);
  utimesSync(path, long, long);
  refresh();
  assert.ok(Date.now() - statSync(path).mtimeMs < MINUTE);

  leave(dir, {}, { age: 5 * MINUTE });
  refresh();
  assert.ok(Date.now() - statSync(path).mtimeMs > 4 * MINUTE, "another's is left alone");
  rmSync(path);
  refresh();
  assert.equal(readdirSync(dir), [], 'nor is one made');
  await lock.release();
});

test('one whose lock was taken over is told, and leaves it alone; a removed one is made anew', async ({ dir }) => {
  const path = join(dir, '.lock');
  const lock = await lockFolder(dir);
  rmSync(path);
  lock.assertHeld();
  assert.is(JSON.parse(readFileSync(path, 'utf8')).pid, process.pid);
  // Suspended for long, it does not refresh.
  const long = new Date(Date.now() - 11 * MINUTE);
  utimesSync(path, long, long);
  const child = await holder(dir);
  const told = await messageOf((async () => lock.assertHeld())());
  assert.match(told, `${dir}: process ${child.pid} on ${hostname()} (since 20`);
  assert.match(
    told,
    ') has taken over this folder, as this process was not heard of for 10 minutes; leave the folder to it, or stop it and start again',
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

test('8 processes at once on 60 folders, most with a stale lock: in each exactly one wins', async ({ dir }) => {
  const folders = Array.from({ length: 60 }, (_, k) => join(dir, `${k}`));
  for (const [k, folder] of folders.entries()) {
    mkdirSync(folder);
    if (k % 4 > 0) leave(folder, {});
    // A process that was killed while it took over.
    if (k % 4 === 3) leave(folder, {}, { name: '.lock.removal' });
  }
  const args = [RACER, `${Date.now() + 1500}`, '15', ...folders];
  const racers = Array.from({ length: 8 }, () => spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
  const gone = racers.map((racer) => new Promise((done) => racer.once('exit', done)));
  try {
    const outcomes = await Promise.all(racers.map(({ stdout }) => firstLines(stdout, folders.length)));
    for (const [k, folder] of folders.entries()) {
      const lines = outcomes.map((lines) => lines[k]!);
      const winners = racers.filter((_, r) => lines[r] === 'won').map(({ pid }) => pid);
      assert.is(winners.length, 1, `${folder}: ${lines.join('\n')}`);
      assert.is(JSON.parse(readFileSync(join(folder, '.lock'), 'utf8')).pid, winners[0]);
      for (const line of lines) assert.match(line, /^won$|: in use by (process \d+ on |an unknown process;)/);
    }
    const winners = outcomes.filter((lines) => lines.includes('won'));
    assert.ok(winners.length > 1, 'there was a race');
  } finally {
    for (const { stdin } of racers) stdin.end();
    await Promise.all(gone);
  }
  for (const folder of folders) assert.equal(readdirSync(folder), []);
});

async function firstLines(stream: Readable, count: number): Promise<string[]> {
  let text = '';
  stream.on('data', (part) => (text += part));
  while (text.split('\n').length <= count && !stream.closed) await setTimeout(5);
  return text.split('\n');
}

test.run();
