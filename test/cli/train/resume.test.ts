/** `--resume` as people use it: what it resumes, and what it refuses. */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { disc, json, listing, put, putPairs, Running, refused, suiteInFolder, unetpp } from '../../support/cli/cli.js';
import { cutShort, flipBit, metricsOf } from '../../support/cli/runs.js';

const test = suiteInFolder('cli resume');

const OPTIONS = ['--filters', '2,4', '--size', '16', '--lr', '0.01', '--batch', '4', '--micro-batch', '2'];
const TRAIN = ['train', '--data', 'data', ...OPTIONS, '--workers', '2', '--checkpoint-steps', '1'];
const RESUME = ['train', '--resume', 'run'];
const NEWEST = 'run/checkpoint.safetensors';
const PREVIOUS = 'run/checkpoint-previous.safetensors';
const BEGUN = 'the run in run was started';
const ADVICE = 'leave it out, or start a new run';

/** Holds `data`, a run of 3 epochs in `run`, and one of 5 in `longer`; each test gets a copy. */
let made = '';
let three: Record<string, unknown>;
let five: Record<string, unknown>;

test.before(() => {
  made = mkdtempSync(join(tmpdir(), 'unetpp-made-'));
  putPairs(made, 10);
  three = json(made, [...TRAIN, '--epochs', '3', '--out', 'run']);
  five = json(made, [...TRAIN, '--epochs', '5', '--out', 'longer']);
});
test.after(() => rmSync(made, { recursive: true }));
test.before.each(({ dir }) => cpSync(made, dir, { recursive: true, preserveTimestamps: true }));

/** Asserts that the 3 epochs of `run` become the 5 of `longer`. @returns stderr */
function extended(dir: string, ...more: string[]): string {
  const { code, stdout, stderr } = unetpp(dir, [...RESUME, '--epochs', '5', '--json', ...more]);
  assert.is(code, 0, stderr);
  const { weightsSha256, epochs, validation, resume } = JSON.parse(stdout);
  assert.equal([weightsSha256, epochs, validation, resume], [five.weightsSha256, 5, five.validation, null]);
  assert.equal(listing(join(dir, 'run')), listing(join(dir, 'longer')));
  return stderr;
}

test('extended by --epochs, on other workers, it is the run that was longer from the start', ({ dir }) => {
  assert.match(extended(dir, '--workers', '1'), '\nresumed   at epoch 4\n');
  const lines = metricsOf(join(dir, 'run')).map((line) => ({ ...line, epochs: 5, end: null }));
  const longer = metricsOf(join(dir, 'longer')).map((line) => ({ ...line, end: null }));
  assert.equal(lines, longer);
});

test('a run that is done ends at once with its result', ({ dir }) => {
  const metrics = readFileSync(join(dir, 'run/metrics.jsonl'));
  const { weightsSha256, epochs, validation, resume } = json(dir, RESUME);
  assert.equal([weightsSha256, epochs, validation, resume], [three.weightsSha256, 3, three.validation, null]);
  assert.equal(readFileSync(join(dir, 'run/metrics.jsonl')), metrics);
});

for (const [what, damage] of Object.entries({ 'has a flipped bit': flipBit, 'is cut short': cutShort })) {
  test(`the newest checkpoint ${what}: a warning, and on from the one before, to the same weights`, ({ dir }) => {
    damage(join(dir, NEWEST));
    renameSync(join(dir, 'data'), join(dir, 'moved'));
    const stderr = extended(dir, '--data', 'moved');
    const warning = `${NEWEST}: damaged: .*; resuming from the previous checkpoint, checkpoint-previous.safetensors\n`;
    assert.match(stderr, new RegExp(`^${warning}`));
    assert.match(stderr, '\nresumed   in epoch 3, after 8 images\n');
  });
}

test('both checkpoints damaged: one line that names both', ({ dir }) => {
  flipBit(join(dir, NEWEST));
  cutShort(join(dir, PREVIOUS));
  const before = readFileSync(join(dir, 'run/metrics.jsonl'));
  const { code, stdout, stderr } = unetpp(dir, [...RESUME, '--quiet']);
  assert.equal([code, stdout], [2, '']);
  assert.match(stderr, new RegExp(`^unetpp: ${NEWEST}: damaged: .*; and ${PREVIOUS}: .*damaged: .*\n$`));
  assert.equal(readFileSync(join(dir, 'run/metrics.jsonl')), before);
});

test('options that would make it another run are refused by name', ({ dir }) => {
  for (const [given, message] of [
    ['--lr 0.02', `--lr is 0.02, but ${BEGUN} with 0.01; ${ADVICE}`],
    ['--filters 2,4,6', `--filters is 2,4,6, but ${BEGUN} with 2,4; ${ADVICE}`],
    ['--augment flip', `--augment is flip, but ${BEGUN} with none; ${ADVICE}`],
    ['--batch 4 --seed 2', `--seed is 2, but ${BEGUN} with 1; ${ADVICE}`],
    ['--no-deep-supervision', `--deep-supervision is false, but ${BEGUN} with true; ${ADVICE}`],
    ['--ema 0.9', `--ema is 0.9, but ${BEGUN} without it; ${ADVICE}`],
    ['--epochs 2', `--epochs is 2, but ${BEGUN} with 3; it can be extended, not shortened`],
    ['--out new', '--out new: a resumed run stays in its folder, run; leave it out'],
  ] as const) {
    refused(dir, [...RESUME, ...given.split(' ')], message);
  }
});

test('data that are not those of the run are refused with numbers', ({ dir }) => {
  const [train, validation] = [8, 2];
  const moved = (subset: string, now: number, then: number, which: string) =>
    `data: its ${subset} images are not those that ${BEGUN} on (${now} now, ${then} then, ${which}); restore them, or start a new run`;
  const { split } = JSON.parse(readFileSync(join(dir, 'run/config.json'), 'utf8'));
  assert.equal([split.train.length, split.validation.length], [train, validation]);
  put(dir, 'data/images/x.png', disc(40, 40));
  put(dir, 'data/masks/x.png', disc(40, 40, true));
  const more = unetpp(dir, [...RESUME, '--quiet']);
  assert.match(
    more.stderr,
    /^unetpp: data: its train images are not those that .* \(9 now, 8 then, with(out)? "\w+"\); /,
  );
  assert.is(more.code, 2);
  for (const name of ['x', split.train[0]])
    for (const part of ['images', 'masks']) rmSync(join(dir, `data/${part}/${name}.png`));
  put(dir, 'data/split.json', JSON.stringify({ train: split.train.slice(1), validation: split.validation }));
  refused(dir, RESUME, moved('train', train - 1, train, `without "${split.train[0]}"`));
});

test('a folder that is no run', ({ dir }) => {
  const message = (run: string) => `${run}: no run to resume, as it has no config.json; give the folder of a run`;
  for (const run of ['data', 'nowhere']) refused(dir, ['train', '--resume', run], message(run));
});

test('killed before its first checkpoint, a run begins anew, and says so', ({ dir }) => {
  for (const file of listing(join(dir, 'run'))) if (file !== 'config.json') rmSync(join(dir, 'run', file));
  put(dir, 'run/.metrics.jsonl.4194304.0.tmp', '');
  const { code, stdout, stderr } = unetpp(dir, [...RESUME, '--json']);
  assert.is(code, 0, stderr);
  assert.match(stderr, /^run: has no checkpoint yet; starting from the first epoch\n/);
  assert.is(JSON.parse(stdout).weightsSha256, three.weightsSha256);
  assert.equal(listing(join(dir, 'run')), listing(join(dir, 'longer')));
});

test('killed before its config was there, the same call begins it again', ({ dir }) => {
  rmSync(join(dir, 'run'), { recursive: true });
  // What a process that is gone has left; no process has this number.
  put(dir, 'run/.config.json.4194304.0.tmp', '{"data"');
  refused(dir, RESUME, 'run: no run to resume, as it has no config.json; give the folder of a run');
  put(dir, 'run/note.txt', '');
  const again = [...TRAIN, '--epochs', '3', '--out', 'run'];
  refused(dir, again, 'run: exists and is not empty; give another folder, or write into it with --force');
  rmSync(join(dir, 'run/note.txt'));
  assert.is(json(dir, again).weightsSha256, three.weightsSha256);
  assert.equal(listing(join(dir, 'run')), listing(join(dir, 'longer')));
});

const CONTINUE = [...TRAIN, '--continue', '--out'];

test('--continue begins a run, or goes on with it, by the same call', ({ dir }) => {
  assert.is(json(dir, [...CONTINUE, 'new', '--epochs', '3']).weightsSha256, three.weightsSha256);
  const { weightsSha256, epochs } = json(dir, [...CONTINUE, 'run', '--epochs', '5']);
  assert.equal([weightsSha256, epochs], [five.weightsSha256, 5]);
  assert.equal(listing(join(dir, 'run')), listing(join(dir, 'longer')));
});

test('--continue with a run that is done prints its result, without a look at the data', ({ dir }) => {
  renameSync(join(dir, 'data'), join(dir, 'moved'));
  const call = [...CONTINUE, 'run', '--epochs', '3'];
  const before = listing(dir);
  assert.equal(json(dir, call), three);
  const { stdout } = unetpp(dir, call);
  assert.match(stdout, /^best {6}epoch \d of 3: validation Dice 0\.\d{4}/);
  assert.equal(listing(dir), before);
  // What cannot be read is worked out again.
  renameSync(join(dir, 'moved'), join(dir, 'data'));
  const report = readFileSync(join(dir, 'run/report.json'), 'utf8');
  put(dir, 'run/report.json', report.replace(/"dice": [\d.e-]+/, '"dice": "high"'));
  const { seconds, imagesPerSecond, ...again } = json(dir, call);
  assert.equal({ ...three, ...again }, three);
});

test('--continue refuses what would make it another run, and a folder that is none', ({ dir }) => {
  put(dir, 'full/note.txt', '');
  for (const [given, message] of [
    ['--out run --lr 0.02', `--lr is 0.02, but ${BEGUN} with 0.01; ${ADVICE}`],
    ['--out full', 'full: exists and is not empty; give another folder, or write into it with --force'],
    ['', '--continue needs to know the folder of the run; give it with --out'],
    [
      '--out run --resume run',
      '--continue starts or continues the run in --out, --resume only continues; leave one out',
    ],
  ] as const) {
    refused(dir, [...TRAIN, '--continue', ...given.split(' ').filter(Boolean)], message);
  }
});

test('one process at a time; --wait waits for the other, and the lock of one that was killed hinders nobody', async ({
  dir,
}) => {
  const first = new Running(dir, [...RESUME, '--epochs', '1000000']);
  await first.says('6/1000000');
  const beside = unetpp(dir, [...RESUME, '--quiet']);
  assert.is(beside.code, 2);
  assert.match(
    beside.stderr,
    new RegExp(`^unetpp: run: in use by process ${first.child.pid} on .*; wait for it or .*\n$`),
  );
  assert.is(first.child.exitCode, null);
  const second = new Running(dir, [...RESUME, '--json', '--wait', '600']);
  await second.says(`run: locked by process ${first.child.pid} on `);
  await second.says('; waiting up to 600 s for it to end\n');
  first.child.kill('SIGKILL');
  await first.ended;
  await second.says('\nresumed   ');
  second.child.kill('SIGINT');
  const { code, stdout, stderr } = await second.ended;
  assert.is(code, 130, stderr);
  assert.is(JSON.parse(stdout).resume, 'npx unetpp train --resume run');
  assert.not.ok(listing(join(dir, 'run')).includes('.lock'));
});

test.run();
