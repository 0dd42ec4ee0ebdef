import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { loadModel } from '../../../src/index.js';
import { weightsSha256 } from '../../../src/model/modelfile.js';
import {
  inShell,
  json,
  listing,
  put,
  putPairs,
  Running,
  suiteInFolder,
  TINY,
  unetpp,
  unetppAfter,
  unetppAlone,
  unetppOnFullDisk,
} from '../../support/cli/cli.js';

const test = suiteInFolder('cli interrupted and failing');
const train = (...more: string[]) => ['train', '--data', 'data', '--out', 'run', ...TINY, ...more];
const MODEL = 'run/model.safetensors';
const NOTICE = ': stopping after the work at hand (a second signal ends at once)\n';

/** A module that sends `signal` to its own process when a file is opened that `when` is true of, and then waits. */
function signalAt(signal: NodeJS.Signals, when: string, wait: string): string {
  return `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
    for (const name of ['open', 'readFile']) {
      const original = fs.promises[name];
      fs.promises[name] = async (path, ...more) => {
        if (${when}) {
          const end = ${wait};
          process.kill(process.pid, '${signal}');
          await end;
        }
        return original(path, ...more);
      };
    }
    syncBuiltinESMExports();`;
}

const FOR_EVER = 'new Promise(() => setInterval(() => {}, 1000))';

/** What runs a script after the module `code`. */
const after = (code: string) =>
  [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(code)}`] as const;

test('SIGINT in the first epoch: the weights as they are, and no validation', async ({ dir }) => {
  // The phantom: an epoch of many seconds.
  const running = new Running(dir, ['train', '--out', 'run', '--json']);
  await running.says('training  ');
  await setTimeout(300);
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  assert.is(code, 130, stderr);
  assert.match(stderr, NOTICE);
  const result = JSON.parse(stdout);
  assert.equal([result.epochs, result.validation, result.interrupted], [0, null, true]);
  assert.is(result.resume, 'npx unetpp train --resume run');
  assert.is(await weightsSha256(await loadModel(join(dir, MODEL))), result.weightsSha256);
  assert.ok(existsSync(join(dir, 'run/predictions.png')));
});

for (const [signal, exit] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGUSR1: 138 })) {
  test(`${signal} later: the best model, the summary, a line that says how to go on, exit code ${exit}`, async ({
    dir,
  }) => {
    putPairs(dir);
    const running = new Running(dir, train('--epochs', '1000000', '--json'));
    await running.says('3/1000000');
    running.child.kill(signal as NodeJS.Signals);
    const { code, stdout, stderr } = await running.ended;
    assert.is(code, exit, stderr);
    assert.ok(
      stderr.endsWith(`\nunetpp: interrupted by ${signal}; to continue: npx unetpp train --resume run\n`),
      stderr,
    );
    const result = JSON.parse(stdout);
    assert.ok(result.epochs >= 3);
    assert.equal([result.interrupted, result.resume], [true, 'npx unetpp train --resume run']);
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
  const early = "String(path).endsWith('metrics.jsonl') && (globalThis.opened = (globalThis.opened ?? 0) + 1) === 5";
  const running = new Running(dir, ['train', ...options, '--out', out], after(signalAt('SIGINT', early, 'undefined')));
  const { code, stdout, stderr } = await running.ended;
  assert.is(code, 130, stderr);
  assert.match(stdout, /^best {6}epoch /);
  const command = stderr.match(/\nunetpp: interrupted by SIGINT; to continue: (.*)\n$/)?.[1];
  assert.is(command, "npx unetpp train --resume 'my '\\''own'\\'' run'");
  const resumed = inShell(dir, `${command} --json`);
  assert.is(resumed.code, 0, resumed.stderr);
  assert.match(resumed.stderr, /\nresumed {3}(in|at) epoch \d+/);
  const { weightsSha256: weights, epochs, interrupted, resume } = JSON.parse(resumed.stdout);
  assert.equal([epochs, interrupted, resume], [40, false, null]);
  assert.is(weights, json(dir, ['train', ...options, '--out', 'whole']).weightsSha256);
});

test('a second SIGINT ends at once; its echo, as npm sends one, does not', async ({ dir }) => {
  putPairs(dir);
  // It sends both itself, without delay, and then waits for ever with its first checkpoint.
  const writes = "String(path).endsWith('.safetensors')";
  const echo = `(process.kill(process.pid, 'SIGINT'), ${FOR_EVER})`;
  const running = new Running(dir, train('--checkpoint-steps', '1'), after(signalAt('SIGINT', writes, echo)));
  await running.says(NOTICE);
  // Longer than an echo takes.
  await setTimeout(300);
  assert.is(running.child.exitCode, null, 'the echo ends nothing');
  running.child.kill('SIGINT');
  assert.is((await running.ended).code, 130);
  assert.not.ok(existsSync(join(dir, 'run/.lock')));
});

test('interrupted before its first step, while it reads images, a run can be gone on with', ({ dir }) => {
  putPairs(dir, 8);
  const options = ['train', '--data', 'data', ...TINY, '--epochs', '2', '--out', 'run'];
  const begun = "fs.existsSync('run/config.json') && String(path).includes('images')";
  // A handler of a signal alone does not keep a process alive.
  const heard = `new Promise((resolve) => {
    const alive = setInterval(() => {}, 1000);
    process.once('SIGTERM', () => resolve(clearInterval(alive)));
  })`;
  const { code, stdout, stderr } = unetppAfter(dir, signalAt('SIGTERM', begun, heard), [...options, '--json']);
  assert.is(code, 143, stderr);
  const goOn = 'npx unetpp train --resume run';
  assert.is(stderr, `SIGTERM${NOTICE}unetpp: interrupted by SIGTERM; to continue: ${goOn}\n`);
  const { run, epochs, interrupted, resume } = JSON.parse(stdout);
  assert.equal([run, epochs, interrupted, resume], ['run', 0, true, goOn]);
  assert.equal(listing(join(dir, 'run')), ['config.json', 'metrics.jsonl']);

  const resumed = json(dir, ['train', '--resume', 'run']);
  rmSync(join(dir, 'run'), { recursive: true });
  assert.is(resumed.weightsSha256, json(dir, options).weightsSha256);
});

test('SIGUSR1 ends the other commands, and opens no inspector', ({ dir }) => {
  put(dir, 'model.safetensors', '');
  const reads = `String(path).endsWith('model.safetensors')`;
  const info = unetppAfter(dir, signalAt('SIGUSR1', reads, FOR_EVER), ['info', '--model', 'model.safetensors']);
  assert.equal([info.code, info.stdout, info.stderr], [138, '', '']);
});

test('a loss that is not finite: epoch and step are named, and no folder is left', ({ dir }) => {
  putPairs(dir);
  const { code, stdout, stderr } = unetppAlone(dir, train('--lr', '1e30', '--batch', '2', '--quiet', '--json'));
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
