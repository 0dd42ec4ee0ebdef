import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { appendLine, ensureDirectory, writeFileAtomic, writeTextAtomic } from '../../src/platform/node/files/atomic.js';
import { fileError } from '../../src/platform/node/files/file-errors.js';
import { readFileChecked } from '../../src/platform/node/files/read.js';
import { FILE_OPERATIONS } from '../campaigns/small-training.js';

let folder = '';
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'unetpp-files-'));
});
test.after.each(() => rmSync(folder, { recursive: true }));

async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, InputError);
    return (error as Error).message;
  }
  return 'no error';
}

/** Runs `code`, in which `write` is `writeFileAtomic`, in a process of its own. */
function script(code: string): string[] {
  const url = new URL('../../src/platform/node/files/atomic.js', import.meta.url).href;
  return ['--input-type=module', '-e', `import { writeFileAtomic as write } from '${url}'; ${code}`];
}

test('a file is written, and written over', async () => {
  const path = join(folder, 'a.bin');
  await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
  await writeFileAtomic(path, Uint8Array.of(4));
  assert.equal([...readFileSync(path)], [4]);
  await writeTextAtomic(join(folder, 'ä.json'), '{"é":1}');
  assert.is(readFileSync(join(folder, 'ä.json'), 'utf8'), '{"é":1}');
  assert.equal(readdirSync(folder).sort(), ['a.bin', 'ä.json']);
});

test('many writes of one file at once leave one of them, whole', async () => {
  const path = join(folder, 'a.bin');
  await Promise.all(Array.from({ length: 20 }, (_, i) => writeFileAtomic(path, new Uint8Array(50_000).fill(i))));
  const bytes = readFileSync(path);
  assert.is(bytes.length, 50_000);
  assert.ok(bytes.every((byte) => byte === bytes[0]));
  assert.equal(readdirSync(folder), ['a.bin']);
});

test('the target is a folder', async () => {
  const path = join(folder, 'sub');
  mkdirSync(path);
  const reason = 'it is a folder, expected a file; give the name of a file (EISDIR)';
  assert.is(await messageOf(writeFileAtomic(path, Uint8Array.of(1))), `${path}: cannot be written: ${reason}`);
  assert.equal(readdirSync(folder), ['sub']);
});

test('the folder is missing, or a file', async () => {
  const missing = join(folder, 'no', 'a.bin');
  const reason = 'its folder does not exist; create the folder first (ENOENT)';
  assert.is(await messageOf(writeFileAtomic(missing, Uint8Array.of(1))), `${missing}: cannot be written: ${reason}`);
  assert.is(await messageOf(appendLine(missing, '{}')), `${missing}: cannot be written: ${reason}`);

  writeFileSync(join(folder, 'file'), 'x');
  const below = join(folder, 'file', 'a.bin');
  const notFolder = 'a part of the path is a file, expected a folder; correct the path (ENOTDIR)';
  assert.is(await messageOf(writeFileAtomic(below, Uint8Array.of(1))), `${below}: cannot be written: ${notFolder}`);
  assert.equal(readdirSync(folder), ['file']);
});

test('a name that is too long', async () => {
  assert.match(
    await messageOf(writeFileAtomic(join(folder, 'n'.repeat(300)), Uint8Array.of(1))),
    'cannot be written: the name is too long; choose a shorter one (ENAMETOOLONG)',
  );
});

test('a write that fails half-way leaves the old file and nothing else', () => {
  const path = join(folder, 'a.bin');
  writeFileSync(path, 'old');
  // A limit on the size of files stands in for a full disk: the first blocks are written, then the write fails.
  const code = `await write('${path}', new Uint8Array(1e6)).catch((error) => console.log(error.message));`;
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, ...script(code)], {
    encoding: 'utf8',
  });
  assert.match(stdout, `${path}: cannot be written: the file is larger than the system allows`);
  assert.match(stdout, '(EFBIG)\n');
  assert.is(readFileSync(path, 'utf8'), 'old');
  assert.equal(readdirSync(folder), ['a.bin']);
});

test('every reason is told in words', () => {
  const told = (code: string) =>
    fileError('p', 'written', Object.assign(new Error('raw'), { code }), 'missing').message;
  const place = 'choose another place';
  assert.is(told('EACCES'), `p: cannot be written: permission denied; change the permissions or ${place} (EACCES)`);
  assert.is(told('EROFS'), `p: cannot be written: the file system is read-only; ${place} (EROFS)`);
  assert.is(told('ENOSPC'), `p: cannot be written: the disk is full; free some space or ${place} (ENOSPC)`);
  assert.is(told('ENOENT'), 'p: cannot be written: missing (ENOENT)');
  assert.is(told('EODD'), 'p: cannot be written: raw (EODD)');
});

test('killed at each step of a write: the file is always whole, and the next process clears up', async () => {
  const path = join(folder, 'model.bin');
  await writeFileAtomic(path, new Uint8Array(3e6));
  let left = 0;
  // Before each operation and in the middle of it, until one process does them all.
  for (let k = 0, ended = false; !ended; k++) {
    const how = `kill=${1 + (k >> 1)}${k % 2 === 0 ? '' : '&torn'}`;
    const code = script(`await write('${path}', new Uint8Array(3e6).fill(${k + 1}));`);
    const options = { cwd: folder, encoding: 'utf8' } as const;
    const { signal, stderr } = spawnSync(process.execPath, ['--import', `${FILE_OPERATIONS}?${how}`, ...code], options);
    assert.is(stderr, '');
    ended = signal !== 'SIGKILL';
    const bytes = readFileSync(path);
    assert.is(bytes.length, 3e6);
    assert.ok(bytes.every((byte) => byte === bytes[0]));
    const others = readdirSync(folder).filter((name) => name !== 'model.bin');
    assert.ok(others.length <= 1, `${others}`);
    left += others.length;
  }
  assert.ok(left > 0, 'no kill came in the middle of a write');
  assert.equal(readdirSync(folder), ['model.bin']);
});

test('the temporary files of running processes and of other files are left alone', async () => {
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const stale = `.a.bin.${dead}.0.tmp`;
  const kept = [`.a.bin.${process.ppid}.0.tmp`, `.b.bin.${dead}.0.tmp`, '.a.bin.tmp', `.a.bin.${dead}.tmp`, 'a.bin'];
  for (const name of [stale, ...kept]) writeFileSync(join(folder, name), '');
  await writeFileAtomic(join(folder, 'a.bin'), Uint8Array.of(1));
  assert.equal(readdirSync(folder).sort(), kept.sort());
});

test('lines are added; one that was cut short is removed first', async () => {
  const path = join(folder, 'metrics.jsonl');
  await appendLine(path, '{"epoch":1}');
  await appendLine(path, '{"epoch":2}');
  assert.is(readFileSync(path, 'utf8'), '{"epoch":1}\n{"epoch":2}\n');
  writeFileSync(path, '{"epoch":1}\n{"epo');
  await appendLine(path, '{"epoch":2}');
  assert.is(readFileSync(path, 'utf8'), '{"epoch":1}\n{"epoch":2}\n');
  writeFileSync(path, '{"ep');
  await appendLine(path, '{"epoch":1}');
  assert.is(readFileSync(path, 'utf8'), '{"epoch":1}\n');
});

test('reading', async () => {
  const path = join(folder, 'a.bin');
  assert.is(
    await messageOf(readFileChecked(path)),
    `${path}: cannot be read: there is no such file; check the path (ENOENT)`,
  );
  assert.is(
    await messageOf(readFileChecked(folder)),
    `${folder}: cannot be read: it is a folder, expected a file; give the name of a file (EISDIR)`,
  );
  writeFileSync(path, '');
  assert.is(await messageOf(readFileChecked(path)), `${path}: the file is empty; restore it from a copy`);
  writeFileSync(path, Uint8Array.of(1, 2));
  const bytes = await readFileChecked(path);
  assert.equal(bytes, Uint8Array.of(1, 2));
  bytes.slice()[0] = 9;
  assert.is(bytes[0], 1);
});

test('folders are made with those above them', async () => {
  await ensureDirectory(join(folder, 'a', 'b'));
  await ensureDirectory(join(folder, 'a', 'b'));
  assert.ok(existsSync(join(folder, 'a', 'b')));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const reason = 'it is a file, expected a folder; choose another name (EEXIST)';
  assert.is(await messageOf(ensureDirectory(file)), `${file}: cannot be created: ${reason}`);
  assert.match(await messageOf(ensureDirectory(join(file, 'a'))), 'a part of the path is a file');
});

test.run();
