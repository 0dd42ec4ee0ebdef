/** `unetpp plan` and `train --plan`: what is printed and written, and that a planned run is resumed as it was. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readImage } from '../../../src/index.js';
import {
  inShell,
  json,
  listing,
  put,
  putPairs,
  refused,
  suiteInFolder,
  unetpp,
  unetppAlone,
} from '../../support/cli/cli.js';

const test = suiteInFolder('cli plan');
const SMALL = ['--size', '16', '--filters', '2,4'];

test('the facts, each option with its reason, the forecast, and a command that trains', ({ dir }) => {
  putPairs(dir);
  const { code, stdout, stderr } = unetppAlone(dir, ['plan', '--data', 'data', ...SMALL, '--epochs', '1', '--quiet']);
  assert.equal([code, stderr], [0, '']);
  const lines = stdout.split('\n');
  assert.is(lines[0], 'data      data: 5 images to train on, 1 to validate on');
  assert.match(lines[1]!, /^images {4}40x33 to 45x43, median \d+x\d+ pixels, 8-bit grey, \d+\.\d% of the range used$/);
  assert.match(
    lines[2]!,
    /^masks {5}foreground is \d+\.\d% of the pixels; every image shows some; the largest object is \d+ pixels long$/,
  );
  assert.match(stdout, /\n--size 16 +Given\.\n/);
  assert.match(stdout, /\n--augment \S+\n {23}Grey images may have/);
  assert.match(stdout, /\n--batch 1 +With 5 images, a larger one would make less than 4 steps an epoch\.\n/);
  assert.match(stdout, /\nforecast {2}\d+ MB of memory; about \d+:\d\d with 1 thread, \S+ s an epoch\n/);
  const command = 'npx unetpp train --data data --plan auto --size 16 --filters 2,4 --epochs 1';
  assert.is(lines.at(-2), `  ${command}`);
  const trained = inShell(dir, `${command} --out run`);
  assert.is(trained.code, 0, trained.stderr);
  assert.match(trained.stderr, 'planned   to suit the data; npx unetpp plan --data data says why\n');
  const config = JSON.parse(readFileSync(join(dir, 'run/config.json'), 'utf8'));
  const { norm, batch, fit, learningRate, warmup } = config;
  assert.equal([norm, batch, fit, learningRate, warmup], ['group', 1, 'pad', 1e-3, 0]);
  assert.equal(
    ['planning', 'minutes'].filter((name) => name in config),
    [],
  );
});

test('a plan with a measured rate and its picture trains, and its run goes on as it was', async ({ dir }) => {
  putPairs(dir);
  const plan = ['plan', '--data', 'data', ...SMALL, '--find-lr', '--epochs', '3', '--out', 'plan.json'];
  const made = json(dir, plan) as {
    options: { learningRate: number };
    reasons: Record<string, string>;
    files: string[];
  };
  assert.equal(made.files, ['plan.json', 'plan-lr.png']);
  const { files, ...plain } = made;
  assert.equal(JSON.parse(readFileSync(join(dir, 'plan.json'), 'utf8')), plain);
  const { learningRate } = made.options;
  assert.match(
    made.reasons.learningRate!,
    /^Measured: the loss falls up to a rate of \S+, of which a tenth is taken\.$/,
  );
  const { width, height } = await readImage(join(dir, 'plan-lr.png'));
  assert.equal([width, height], [860, 460]);
  assert.equal(json(dir, plan).options, made.options, 'the same again, over its own files');

  const train = ['train', '--data', 'data', '--plan', 'plan.json'];
  const { code, stderr } = unetpp(dir, [...train, '--epochs', '2', '--out', 'run']);
  assert.is(code, 0, stderr);
  assert.match(stderr, 'planned   as in plan.json\n');
  assert.is(JSON.parse(readFileSync(join(dir, 'run/config.json'), 'utf8')).learningRate, learningRate);
  put(dir, 'plan.json', '{}');
  refused(
    dir,
    [...train, '--out', 'other'],
    'plan.json: kind is missing, expected "unetpp plan"; correct the file, or write a new one with unetpp plan',
  );
  // The plan is not read again.
  assert.is(json(dir, [...train, '--out', 'run', '--continue', '--epochs', '3']).epochs, 3);
});

test('a run keeps its plan', ({ dir }) => {
  putPairs(dir);
  const train = ['train', '--data', 'data', '--size', '16', '--epochs', '1', '--out', 'run'];
  const first = json(dir, train);
  assert.is(json(dir, [...train, '--continue']).weightsSha256, first.weightsSha256);
  const keeps = 'the run in run keeps the options that it was started with; leave it out, or extend it with --epochs';
  refused(dir, ['train', '--resume', 'run', '--plan', 'auto'], `--plan auto: ${keeps}`);
  refused(dir, ['train', '--resume', 'run', '--minutes', '5'], `--minutes 5: ${keeps}`);
});

test('with minutes the network and the epochs that fit; too little time is refused', ({ dir }) => {
  putPairs(dir);
  const { options, reasons } = json(dir, ['plan', '--data', 'data', ...SMALL, '--minutes', '10']) as {
    options: { epochs: number };
    reasons: { epochs: string };
  };
  assert.ok(options.epochs > 0 && options.epochs <= 1200, `${options.epochs}`);
  assert.match(reasons.epochs, /^An epoch takes about \S+ s on this machine/);
  for (const command of [['plan'], ['train'], ['train', '--plan', 'off', '--out', 'run']]) {
    const before = listing(dir);
    const { code, stderr } = unetpp(dir, [...command, '--data', 'data', ...SMALL, '--minutes', '0.00001', '--quiet']);
    assert.is(code, 2);
    assert.match(
      stderr,
      /^unetpp: --minutes 0\.00001: an epoch takes \d:\d\d on this machine, and \d:\d\d are needed beside it; give at least \S+ minutes, or a smaller network\n$/,
    );
    assert.equal(listing(dir), before);
  }
  refused(
    dir,
    ['train', '--minutes', '5', '--epochs', '3'],
    '--minutes 5 and --epochs 3 exclude each other: the epochs follow from the time; leave one of them out',
  );
});

test('folders without images, and files that are not its own', ({ dir }) => {
  put(dir, 'empty/notes.txt', 'x');
  const { code, stderr } = unetpp(dir, ['plan', '--data', 'empty']);
  assert.is(code, 2);
  assert.match(stderr, /^unetpp: empty: not a data folder: expected .*, found notes\.txt\n$/);
  putPairs(dir);
  const why = 'exists, and is not a plan that unetpp wrote; give another name, or replace it with --force';
  put(dir, 'mine.json', '{}');
  refused(dir, ['plan', '--data', 'data', '--out', 'mine.json'], `mine.json: ${why}`);
  put(dir, 'plan-lr.png', 'mine');
  refused(
    dir,
    ['plan', '--data', 'data', '--find-lr', '--out', 'plan.json'],
    'plan-lr.png: exists, and is not a picture of learning rates that unetpp wrote; give another name, or replace it with --force',
  );
  assert.not.ok(existsSync(join(dir, 'plan.json')));
  refused(
    dir,
    ['plan', '--data', 'data', '--out', 'data/plan.json'],
    'data/plan.json: in the folder that --data reads (data), so nothing is written there; give another place',
  );
});

test.run();
