/** The results of every command: what is the user's stays, unless --force gives it up, and data folders stay as they are. */
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { check } from '../../src/cli/commands/check.js';
import { convert } from '../../src/cli/commands/convert.js';
import { evaluate } from '../../src/cli/commands/evaluate.js';
import { importOnnxCommand } from '../../src/cli/commands/import-onnx.js';
import { importTorchCommand } from '../../src/cli/commands/import-torch.js';
import { predict } from '../../src/cli/commands/predict.js';
import { prune } from '../../src/cli/commands/prune.js';
import { study } from '../../src/cli/commands/study.js';
import { train } from '../../src/cli/commands/train.js';
import { withCommonOptions } from '../../src/cli/program.js';
import { createModel } from '../../src/index.js';
import { disc, GOLDEN, listing, put, putPairs, suiteInFolder } from '../support/cli/cli.js';
import { messageOf } from '../support/faults.js';

const test = suiteInFolder('cli outputs');
const commands = new Map(
  [check, convert, evaluate, importOnnxCommand, importTorchCommand, predict, prune, study, train].map((command) => [
    command.name(),
    withCommonOptions(command),
  ]),
);

/** A command in this process, which saves the time of starting one; what it prints is lost. */
async function call(line: readonly string[], ...more: readonly string[]): Promise<void> {
  const [name = '', ...args] = line;
  const { log } = console;
  console.log = () => {};
  try {
    await commands.get(name)!.parseAsync([...args, ...more, '--quiet'], { from: 'user' });
  } finally {
    console.log = log;
  }
}

const home = process.cwd();
test.before.each(async ({ dir }) => {
  putPairs(dir, 5);
  put(dir, 'scan.png', disc(20, 16));
  const model = createModel({ filters: [2, 4] });
  model.adopt({ ...model.card, preprocessing: { normalisation: 'range', size: 16 } });
  await model.save(join(dir, 'model.safetensors'));
  process.chdir(dir);
});
test.after.each(() => process.chdir(home));

const MODEL = ['--model', 'model.safetensors'];
const DATA = ['--data', 'data'];
const SMALL = ['--filters', '2,4', '--size', '16', '--epochs', '1', '--workers', '1'];
const NET = ['--weights', join(GOLDEN, 'unetpp.safetensors'), '--config', '{"filters": [4,8,12,16,20]}'];

const CHECK = ['check', ...DATA, '--out'];
const CONVERT = ['convert', ...DATA, '--out'];
const CSV = ['evaluate', ...MODEL, ...DATA, '--threads', '1', '--csv'];
const REPORT = CSV.with(-1, '--report');
const IMPORT_ONNX = ['import-onnx', '--weights', join(GOLDEN, 'onnx-folded.onnx'), '--out'];
const IMPORT = ['import-torch', ...NET, '--out'];
const PREDICT = ['predict', ...MODEL, '--threads', '1', '--save-probs', '--input', 'scan.png', '--out'];
const PRUNE = ['prune', ...MODEL, '--level', '1', '--out'];
const STUDY = ['study', ...DATA, ...SMALL, '--folds', '1', '--arms', 'unet', '--out'];
const TRAIN = ['train', ...DATA, ...SMALL, '--out'];

for (const [name, line, file, kind] of [
  ['check --out', [...CHECK, 'photo.png'], 'photo.png', 'a contact sheet'],
  ['evaluate --csv', [...CSV, 'scores.csv'], 'scores.csv', 'a table of scores'],
  ['evaluate --report, its picture', [...REPORT, 'out'], 'out/worst.png', 'a picture of the worst images'],
  ['evaluate --report, its table', [...REPORT, 'out'], 'out/images.csv', 'a table of scores'],
  ['import-torch', [...IMPORT, 'net.safetensors'], 'net.safetensors', 'a pruned, compressed or imported model'],
  ['import-onnx', [...IMPORT_ONNX, 'net.safetensors'], 'net.safetensors', 'a pruned, compressed or imported model'],
  ['predict, its mask', [...PREDICT, 'out'], 'out/scan.png', 'a mask'],
  ['predict, its overlay', [...PREDICT, 'out'], 'out/scan-overlay.png', 'an overlay'],
  ['predict, its probabilities', [...PREDICT, 'out'], 'out/scan.npy', 'an array'],
  ['prune', [...PRUNE, 'small.safetensors'], 'small.safetensors', 'a pruned, compressed or imported model'],
] as const) {
  test(`${name}: a file of the user's stays, one of our own is written anew`, async ({ dir }) => {
    put(dir, file, 'of the user');
    const before = listing(dir);
    const why = `exists, and is not ${kind} that unetpp wrote; give another name, or replace it with --force`;
    assert.is(await messageOf(call(line)), `${file}: ${why}`);
    assert.is(readFileSync(file, 'utf8'), 'of the user');
    assert.equal(listing(dir), before, 'nothing is written beside it');
    await call(line, '--force');
    const forced = readFileSync(file);
    assert.is.not(forced.toString(), 'of the user');
    await call(line);
    assert.equal(readFileSync(file), forced);
  });
}

test('prune: a trained model is hours of work, and stays', async () => {
  await call(TRAIN, 'run');
  const trained = readFileSync('run/model.safetensors');
  const why = 'exists, and is not a pruned, compressed or imported model that unetpp wrote';
  const advice = 'give another name, or replace it with --force';
  assert.is(await messageOf(call(PRUNE, 'run/model.safetensors')), `run/model.safetensors: ${why}; ${advice}`);
  assert.equal(readFileSync('run/model.safetensors'), trained);
});

for (const [line, made] of [
  [TRAIN, 'model.safetensors'],
  [STUDY, 'family.md'],
  [CONVERT, 'images/n0.png'],
] as const) {
  test(`${line[0]}: into a folder that holds something with --force only, and what it holds stays`, async ({ dir }) => {
    put(dir, 'out/notes.txt', 'of the user');
    const full = 'out: exists and is not empty; give another folder, or write into it with --force';
    assert.is(await messageOf(call(line, 'out')), full);
    assert.equal(listing(join(dir, 'out')), ['notes.txt']);
    await call(line, 'out', '--force');
    assert.ok(existsSync(join('out', made)));
    assert.is(readFileSync('out/notes.txt', 'utf8'), 'of the user');
  });
}

test('train: a run is never begun anew over another, with --force neither', async () => {
  await call(TRAIN, 'run');
  const before = readFileSync('run/model.safetensors');
  const holds = 'run: already holds a run; continue it with --resume, or give another folder';
  assert.is(await messageOf(call(TRAIN, 'run', '--force', '--seed', '2')), holds);
  assert.equal(readFileSync('run/model.safetensors'), before);
});

test('study: its tables are written anew, those of the user are not', async ({ dir }) => {
  await call(STUDY, 'st');
  for (const [name, beginning] of [
    ['family.md', '<!-- unetpp study -->\n# The family on data\n'],
    ['family.json', '{\n  "software": "unetpp",\n'],
    ['family.csv', 'arm,network,parameters,macs,'],
  ] as const) {
    assert.ok(readFileSync(join('st', name), 'utf8').startsWith(beginning), name);
    await call(STUDY, 'st');
    put(dir, `st/${name}`, 'of the user');
    const why = 'exists, and is not a table of a study that unetpp wrote';
    const advice = 'give another name, or replace it with --force';
    assert.is(await messageOf(call(STUDY, 'st')), `st/${name}: ${why}; ${advice}`);
    assert.is(readFileSync(join('st', name), 'utf8'), 'of the user');
    await call(STUDY, 'st', '--force');
  }
});

test('data folders take no results, with --force neither', async ({ dir }) => {
  symlinkSync('data', 'link');
  mkdirSync('in');
  put(dir, 'in/a.png', disc(9, 7));
  const before = listing(dir).map((name) => [name, existsSync(name) && /png$/.test(name) && readFileSync(name, 'hex')]);
  const elsewhere = 'so nothing is written there; give another place';
  const read = `in the folder that --data reads (data), ${elsewhere}`;
  const inFolder = PREDICT.with(-2, 'in');
  for (const [line, out, why] of [
    [PREDICT, 'data/masks', `belongs to the data folder ${process.cwd()}/data, ${elsewhere}`],
    [PREDICT, 'link/images/', `belongs to the data folder ${process.cwd()}/data, ${elsewhere}`],
    [PREDICT, 'data', `a data folder, ${elsewhere}`],
    [inFolder, 'in', `--input reads it, ${elsewhere}`],
    [inFolder, 'in/masks', `in the folder that --input reads (in), ${elsewhere}`],
    [CHECK, 'data/masks/n0.png', read],
    [CHECK, 'link/sheet.png', read],
    [CSV, 'data/split.json', read],
    [REPORT, 'data/report', read],
    [CONVERT, 'data/png', read],
    [TRAIN, 'data/../data/run', read],
    [TRAIN, 'data', `--data reads it, ${elsewhere}`],
    [STUDY, 'data/study', read],
    [CONVERT.with(-2, 'link'), 'data', `--data reads it, ${elsewhere}`],
  ] as const) {
    for (const force of [[], ['--force']]) {
      assert.is(
        await messageOf(
          call(
            line.filter((word) => word !== '--save-probs'),
            out,
            ...force,
          ),
        ),
        `${out}: ${why}`,
      );
    }
  }
  const after = listing(dir).map((name) => [name, existsSync(name) && /png$/.test(name) && readFileSync(name, 'hex')]);
  assert.equal(after, before);
});

test('train: the default folder is made with the one above it, but not among the data', async ({ dir }) => {
  await call(TRAIN.slice(0, -1));
  assert.ok(existsSync('runs/data/model.safetensors'));
  process.chdir('data');
  const before = listing(join(dir, 'data'));
  const name = await messageOf(call(TRAIN.with(TRAIN.indexOf('data'), '.').slice(0, -1)));
  assert.is(name, 'runs/data: in the folder that --data reads (.), so nothing is written there; give another place');
  assert.equal(listing(join(dir, 'data')), before);
});

test('a folder that a typing error names is not made', async ({ dir }) => {
  const before = listing(dir);
  for (const line of [CHECK, CSV, IMPORT, PRUNE, REPORT, PREDICT, CONVERT, TRAIN, STUDY]) {
    const operation = [CHECK, CSV, IMPORT, PRUNE].includes(line) ? 'written' : 'created';
    const missing = `cannot be ${operation}: there is no folder a/b; create it, or correct the path`;
    assert.is(await messageOf(call(line, 'a/b/c', '--force')), `a/b/c: ${missing}`, line[0]);
  }
  assert.equal(listing(dir), before);
});

test.run();
