import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { loadModel } from '../src/index.js';
import { weightsSha256 } from '../src/model/modelfile.js';
import {
  inShell,
  json,
  listing,
  putPairs,
  Running,
  suiteInFolder,
  TINY,
  unetpp,
  unetppOnFullDisk,
} from './support/cli.js';

const test = suiteInFolder('cli interrupted and failing');
const train = (...more: string[]) => ['train', '--data', 'data', '--out', 'run', ...TINY, ...more];
const MODEL = 'run/model.safetensors';
const NOTICE = 'stopping after this micro-batch (Ctrl-C again ends at once)\n';

test('SIGINT in the first epoch: the weights as they are, and no validation', async ({ dir }) => {
  // The phantom: an epoch of many seconds.
  const running = new Running(dir, ['train', '--out', 'run', '--json']);
  await running.says('training  ');
  await setTimeout(300);
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  assert.is(code, 0, stderr);
  assert.match(stderr, NOTICE);
  const result = JSON.parse(stdout);
  assert.equal([result.epochs, result.validation], [0, null]);
  assert.is(result.resume, 'npx unetpp train --resume run');
  assert.is(await weightsSha256(await loadModel(join(dir, MODEL))), result.weightsSha256);
  assert.ok(existsSync(join(dir, 'run/predictions.png')));
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} later: the best model, and the summary`, async ({ dir }) => {
    putPairs(dir);
    const running = new Running(dir, train('--epochs', '1000000', '--json'));
    await running.says('3/1000000');
    running.child.kill(signal);
    const { code, stdout, stderr } = await running.ended;
    assert.is(code, 0, stderr);
    const result = JSON.parse(stdout);
    assert.ok(result.epochs >= 3);
    assert.is(await weightsSha256(await loadModel(join(dir, MODEL))), result.weightsSha256);
    const checkpoints = ['checkpoint-previous.safetensors', 'checkpoint.safetensors'];
    const files = ['config.json', 'curves.png', 'metrics.jsonl', 'model.safetensors', 'predictions.png'];
    assert.equal(listing(join(dir, 'run')), [...checkpoints, ...files], 'no lock either');
    const lines = readFileSync(join(dir, 'run/metrics.jsonl'), 'utf8').trimEnd().split('\n');
    assert.is(lines.length, result.epochs);
    const best = Math.max(...lines.map((line) => JSON.parse(line).validation.dice));
    assert.is(result.validation.dice, best);
  });
}

test('what an interrupted run prints goes on with it, to the weights of one that was not', async ({ dir }) => {
  putPairs(dir, 10);
  const options = ['--data', 'data', ...TINY, '--epochs', '40', '--batch', '2', '--norm', 'batch', '--ema', '0.9'];
  // A folder whose name a shell would take apart.
  const out = "my 'own' run";
  const running = new Running(dir, ['train', ...options, '--out', out]);
  await running.says(' 5/40');
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  assert.is(code, 0, stderr);
  const command = stdout.match(/\nInterrupted\. It goes on with:\n {2}(.*)\n/)?.[1];
  assert.is(command, "npx unetpp train --resume 'my '\\''own'\\'' run'");
  const resumed = inShell(dir, `${command} --json`);
  assert.is(resumed.code, 0, resumed.stderr);
  assert.match(resumed.stderr, /\nresumed {3}(in|at) epoch \d+/);
  const { weightsSha256: weights, epochs, resume } = JSON.parse(resumed.stdout);
  assert.equal([epochs, resume], [40, null]);
  assert.is(weights, json(dir, ['train', ...options, '--out', 'whole']).weightsSha256);
});

test('a second SIGINT ends at once; its echo, as npm sends one, does not', async ({ dir }) => {
  // Six validation images of 320x320 to draw: seconds of work between the first signal and the end.
  putPairs(dir, 30);
  const args = ['train', '--data', 'data', '--out', 'run', '--filters', '32,64', '--size', '320', '--micro-batch', '1'];
  const running = new Running(dir, args);
  await running.says('training  ');
  await setTimeout(300);
  running.child.kill('SIGINT');
  running.child.kill('SIGINT');
  await running.says(NOTICE);
  await setTimeout(300);
  assert.is(running.child.exitCode, null, 'the echo ends nothing');
  running.child.kill('SIGINT');
  assert.is((await running.ended).code, 130);
  assert.not.ok(existsSync(join(dir, 'run/.lock')));
});

test('a loss that is not finite: epoch and step are named, and no folder is left', ({ dir }) => {
  putPairs(dir);
  const { code, stdout, stderr } = unetpp(dir, train('--lr', '1e30', '--batch', '2', '--quiet', '--json'));
  assert.equal([code, stdout], [1, '']);
  const advice = 'lower the learning rate \\(1e\\+30\\), or use a norm';
  assert.match(
    stderr,
    new RegExp(`^unetpp: training: the loss of head L1 became \\w+ in epoch 1, step 2; ${advice}\n$`),
  );
  assert.not.ok(existsSync(join(dir, 'run')));

  mkdirSync(join(dir, 'empty'));
  const before = listing(dir);
  for (const out of ['empty', 'empty/a']) unetpp(dir, train('--lr', '1e30', '--batch', '2', '--out', out));
  assert.equal(listing(dir), before, 'a folder that was there stays, those made for the run go');
});

test('a disk that is full: one line, no partial file, and what is whole is named', ({ dir }) => {
  putPairs(dir);
  const full = 'the file is larger than the system allows; raise the limit (ulimit -f) or choose another place (EFBIG)';
  // predictions.png is larger than 20 KB, everything before it smaller, the only checkpoint too.
  const late = unetppOnFullDisk(dir, 20, train('--epochs', '1', '--quiet'));
  assert.equal([late.code, late.stdout], [2, '']);
  const best = `; the best model so far is in ${MODEL}`;
  assert.is(late.stderr, `unetpp: run/predictions.png: cannot be written: ${full}${best}\n`);
  const files = ['checkpoint.safetensors', 'config.json', 'metrics.jsonl', 'model.safetensors'];
  assert.equal(listing(join(dir, 'run')), files);

  const early = unetppOnFullDisk(dir, 2, train('--epochs', '1', '--quiet', '--out', 'other'));
  assert.is(early.stderr, `unetpp: other/model.safetensors: cannot be written: ${full}\n`);
  assert.not.ok(existsSync(join(dir, 'other')), 'no folder without a model');

  const input = ['--model', MODEL, '--input', 'data/images', '--out', 'masks', '--save-probs'];
  const { code, stderr } = unetppOnFullDisk(dir, 1, ['predict', ...input]);
  assert.is(code, 2);
  assert.is(stderr, `unetpp: masks/n0.npy: cannot be written: ${full}\n`);
  assert.equal(listing(join(dir, 'masks')), ['n0-overlay.png', 'n0.png'], 'whole files only');
});

test.run();
