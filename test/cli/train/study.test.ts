/** `unetpp study` as people use it: its table, stopping and continuing, and what it refuses. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createBackend, defaultConfig, trainingMemory } from '../../../src/index.js';
import type { EmbeddedRow } from '../../../src/study/embedded.js';
import type { FamilyRow } from '../../../src/study/family.js';
import type { RunResult } from '../../../src/study/runs.js';
import {
  json,
  listing,
  put,
  putPairs,
  Running,
  refused,
  suiteInFolder,
  unetpp,
  unetppAlone,
  unetppWithMemory,
} from '../../support/cli/cli.js';
import { metricsOf } from '../../support/cli/runs.js';

const test = suiteInFolder('cli study');

const TRAINING = ['--filters', '2,4,6', '--size', '16', '--lr', '0.02', '--epochs', '2', '--batch', '4'];
const OPTIONS = ['--data', 'data', ...TRAINING, '--micro-batch', '2', '--workers', '1'];
const STUDY = ['study', ...OPTIONS, '--folds', '3', '--checkpoint-steps', '1'];
const FAMILY = [...STUDY, '--arms', 'unet,unetpp-ds', '--out', 'st'];
const PATIENTS: Record<string, string> = { n0: 'a', n1: 'a', n2: 'b', n3: 'c', n4: 'c', n5: 'd', n6: 'e', n7: 'e' };

/** Holds `data` and a study of it in `st`; each test gets a copy. */
let made = '';
let whole: Record<string, unknown>;

test.before(() => {
  made = mkdtempSync(join(tmpdir(), 'unetpp-made-'));
  putPairs(made, 8);
  const patients = Object.entries(PATIENTS).map(([name, patient]) => [name, { patient }]);
  put(made, 'data/patients.json', JSON.stringify(Object.fromEntries(patients)));
  whole = json(made, FAMILY);
});
test.after(() => rmSync(made, { recursive: true }));
test.before.each(({ dir }) => cpSync(made, dir, { recursive: true, preserveTimestamps: true }));

const read = (dir: string, path: string) => JSON.parse(readFileSync(join(dir, path), 'utf8'));
const resultOf = (dir: string, run: string, out = 'st'): RunResult => read(dir, `${out}/runs/${run}/result.json`);
const runsOf = (dir: string, out: string) => listing(join(dir, out, 'runs')).filter((name) => !name.includes('/'));

/** A value of JSON without what no two runs have alike. */
function timeless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, part) => (/seconds/i.test(name) ? undefined : part)));
}

test('the table, as Markdown, CSV and JSON', ({ dir }) => {
  const { rows, results, runs, notes } = read(dir, 'st/family.json');
  assert.equal([rows, runs, notes], [whole.rows, { done: 6, planned: 6 }, whole.notes]);
  assert.equal([whole.study, whole.runs, whole.resume], ['st', runs, null]);
  assert.equal(whole.files, ['st/family.md', 'st/family.csv', 'st/family.json']);

  const [header, ...lines] = readFileSync(join(dir, 'st/family.csv'), 'utf8').trimEnd().split('\r\n');
  const cells = rows.map((row: object) => Object.values(row).map((value) => (value === null ? '' : String(value))));
  assert.equal(header!.split(','), Object.keys(rows[0]));
  assert.equal(
    lines.map((line) => line.split(',')),
    cells,
  );

  const [unet, nested] = rows as [FamilyRow, FamilyRow];
  assert.equal([unet.arm, unet.p, unet.units, unet.runs], ['unet', null, null, 3]);
  assert.equal([nested.arm, nested.units, nested.runs], ['unetpp-ds', 5, 3]);
  const dice = (results as RunResult[])
    .filter(({ arm }) => arm === 'unetpp-ds')
    .map(({ outputs }) => outputs.at(-1)!.dice);
  assert.is(nested.dice, dice.reduce((sum, value) => sum + value, 0) / 3);

  const text = readFileSync(join(dir, 'st/family.md'), 'utf8');
  assert.match(
    text,
    /^<!-- unetpp study -->\n# The family on data\n\n6 runs of 2 epochs \(2 networks x 3 folds x 1 seed\); all are done\.\n\n\| network /,
  );
  const row = [nested.network, String(nested.parameters).replace(/(\d)(\d{3})$/, '$1,$2'), '', '3'];
  const line = text.split('\n').find((line) => line.startsWith('| UNet++ with DS'))!;
  const shown = line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
  assert.equal([shown[0], shown[1], shown[3]], [row[0], row[1], row[3]]);
  assert.is(shown[4], `${nested.dice.toFixed(4)} ± ${nested.diceDeviation!.toFixed(4)}`);
  assert.is(shown[6], `${nested.difference! < 0 ? '' : '+'}${nested.difference!.toFixed(4)}`);
  assert.equal(shown.slice(7, 10), [nested.p!.toFixed(4), nested.pHolm!.toFixed(4), '5']);
  for (const note of notes) assert.match(text, `\n* ${note}\n`);
  assert.match(text, 'Dice paired over n patients, each the mean over its images and the seeds');
});

test('folds hold every image once and keep patients together; a run is what train makes of its fold', ({ dir }) => {
  const { splits } = read(dir, 'st/protocol.json');
  assert.equal(splits.flatMap(({ test }: { test: string[] }) => test).sort(), Object.keys(PATIENTS));
  for (const [k, { train, validation, test }] of splits.entries()) {
    assert.equal([...train, ...validation, ...test].sort(), Object.keys(PATIENTS));
    assert.equal(validation, splits[(k + 1) % 3].test);
    const [ofTest, ofOthers] = [test, [...train, ...validation]].map((names) =>
      names.map((name: string) => PATIENTS[name]),
    );
    assert.not.ok(ofTest!.some((patient: string) => ofOthers!.includes(patient)));
    const images = resultOf(dir, `unetpp-ds-fold${k + 1}-seed1`).outputs.at(-1)!.images;
    assert.equal(
      images.map(({ image, patient }) => [image, patient]),
      test.map((name: string) => [name, PATIENTS[name]]),
    );
  }
  const files = ['config.json', 'metrics.jsonl', 'model.safetensors', 'result.json'];
  assert.equal(listing(join(dir, 'st/runs/unet-fold1-seed1')), files, 'no checkpoints');

  put(dir, 'data/split.json', JSON.stringify(splits[1]));
  const model = 'st/runs/unetpp-ds-fold2-seed1/model.safetensors';
  const { weightsSha256, outputs } = resultOf(dir, 'unetpp-ds-fold2-seed1');
  assert.is(json(dir, ['train', ...OPTIONS, '--out', 'alone']).weightsSha256, weightsSha256);
  const evaluation = json(dir, ['evaluate', '--model', model, '--data', 'data', '--subset', 'test']);
  const heads = evaluation.heads as { head: string; dice: number }[];
  assert.equal(
    outputs.map(({ output, dice }) => [output, dice]),
    [...heads.map(({ head, dice }) => [head, dice]), ['accurate', evaluation.dice]],
  );
});

test('interrupted, then killed, the same call goes on to the same results', async ({ dir }) => {
  const args = [...FAMILY.slice(0, -1), 'stopped'];
  const first = new Running(dir, [...args, '--json']);
  await first.says('\nrun 2 of 6');
  first.child.kill('SIGINT');
  const interrupted = await first.ended;
  assert.is(interrupted.code, 130, interrupted.stderr);
  assert.match(
    interrupted.stderr,
    `\nunetpp: interrupted by SIGINT; to continue: npx unetpp ${args.join(' ')} --json\n`,
  );
  const { runs, resume, rows, interrupted: told } = JSON.parse(interrupted.stdout);
  assert.is(told, true);
  assert.equal([resume, runs.planned], [`npx unetpp ${args.join(' ')} --json`, 6]);
  assert.ok(runs.done >= 1 && runs.done < 6 && rows.length >= 1);
  assert.match(
    readFileSync(join(dir, 'stopped/family.md'), 'utf8'),
    /; \d runs? missing: the table is not complete\.\n/,
  );

  const second = new Running(dir, args);
  await second.says(`run ${runs.done + 3} of 6`);
  second.child.kill('SIGKILL');
  assert.match((await second.ended).stderr, `\nfolder    stopped: ${runs.done} run`);

  const { code, stdout, stderr } = unetpp(dir, [...args, '--json']);
  assert.is(code, 0, stderr);
  const end = JSON.parse(stdout);
  assert.equal(timeless([end.rows, end.runs, end.notes]), timeless([whole.rows, whole.runs, whole.notes]));
  for (const file of ['protocol.json', 'family.json']) {
    assert.equal(timeless(read(dir, `stopped/${file}`)), timeless(read(dir, `st/${file}`)), file);
  }
  for (const run of runsOf(dir, 'st')) {
    assert.equal(timeless(resultOf(dir, run, 'stopped')), timeless(resultOf(dir, run)), run);
    const models = ['stopped', 'st'].map((out) => readFileSync(join(dir, out, 'runs', run, 'model.safetensors')));
    assert.ok(models[0]!.equals(models[1]!), `${run}: other weights`);
    assert.equal(...(['stopped', 'st'].map((out) => metricsOf(join(dir, out, 'runs', run))) as [object[], object[]]));
  }
  assert.equal(listing(join(dir, 'stopped')), listing(join(dir, 'st')), 'nothing is left of what was stopped');
});

test('a run that was begun goes on from its checkpoint', ({ dir }) => {
  // What a kill leaves between the last checkpoint and the result.
  const run = 'unet-fold3-seed1';
  const { splits } = read(dir, 'st/protocol.json');
  const expected = resultOf(dir, run);
  rmSync(join(dir, 'st/runs', run), { recursive: true });
  put(dir, 'data/split.json', JSON.stringify(splits[2]));
  const network = ['--skips', 'original', '--no-deep-supervision'];
  json(dir, ['train', ...OPTIONS, ...network, '--out', `st/runs/${run}`]);
  rmSync(join(dir, 'data/split.json'));
  const { code, stderr } = unetppAlone(dir, FAMILY);
  assert.is(code, 0, stderr);
  assert.match(stderr, `\nfolder    st: 5 runs done\n\nrun 5 of 6  ${run}\n  resumed at epoch 3\n  Dice `);
  assert.equal(timeless(resultOf(dir, run)), timeless(expected));
});

test('what is done is skipped, and more arms join it; embedded training uses the whole networks', ({ dir }) => {
  const file = join(dir, 'st/runs/unetpp-ds-fold1-seed1/result.json');
  const { mtimeMs } = statSync(file);
  // Killed just after its result was written.
  put(dir, 'st/runs/unetpp-ds-fold1-seed1/checkpoint.safetensors', 'x');
  const more = json(dir, [...STUDY, '--arms', 'unet,unetpp-ds,wide-unet', '--out', 'st']);
  assert.equal(more.runs, { done: 9, planned: 9 });
  assert.not.ok(existsSync(join(dir, 'st/runs/unetpp-ds-fold1-seed1/checkpoint.safetensors')));
  const rows = more.rows as FamilyRow[];
  assert.equal(timeless(rows.slice(0, 1)), timeless((whole.rows as FamilyRow[]).slice(0, 1)));
  assert.ok(rows[2]!.parameters > rows[0]!.parameters);

  const embedded = json(dir, [...STUDY, '--compare', 'embedded', '--out', 'st']);
  assert.equal(embedded.runs, { done: 6, planned: 6 });
  assert.equal(embedded.files, ['st/embedded.md', 'st/embedded.csv', 'st/embedded.json']);
  assert.is(statSync(file).mtimeMs, mtimeMs, 'trained once');
  const [shallow, deepest, ...none] = embedded.rows as EmbeddedRow[];
  assert.equal([shallow!.level, deepest!.level, none], ['L1', 'L2', []]);
  assert.equal([shallow!.isolatedRuns, shallow!.units, deepest!.isolatedRuns, deepest!.p], [3, 5, 0, null]);
  const alone = [1, 2, 3].map((k) => resultOf(dir, `isolated-l1-fold${k}-seed1`));
  for (const { config, outputs } of alone) {
    assert.equal([config.filters, config.deepSupervision, outputs.length], [[2, 4], true, 1]);
    assert.is(outputs[0]!.parameters, shallow!.parameters);
  }
  assert.is(shallow!.isolatedDice, alone.reduce((sum, { outputs }) => sum + outputs[0]!.dice, 0) / 3);
  assert.match(
    readFileSync(join(dir, 'st/embedded.md'), 'utf8'),
    /\n\| L2 +\| .* \| +\| +\| +\| +\| +\| +0:0\d \| +\|\n/,
  );
});

test('one fold: the split as it stands, and a word where the scored images have chosen the epoch', ({ dir }) => {
  const one = ['study', ...OPTIONS, '--folds', '1', '--arms', 'unet'];
  const validated = json(dir, [...one, '--out', 'one']);
  assert.match(String(validated.notes), 'the images that are scored also selected the epoch');
  assert.match(String(validated.notes), 'One split: the validation images are scored.');
  const best = metricsOf(join(dir, 'one/runs/unet-fold1-seed1')) as { validation: { dice: number } }[];
  assert.is((validated.rows as FamilyRow[])[0]!.dice, Math.max(...best.map(({ validation }) => validation.dice)));

  put(dir, 'data/split.json', '{"train": ["n0", "n1"], "validation": ["n2"], "test": ["n3", "n4"]}');
  const tested = json(dir, [...one, '--out', 'tested']);
  assert.not.match(String(tested.notes), 'have also chosen');
  const { images } = resultOf(dir, 'unet-fold1-seed1', 'tested').outputs[0]!;
  assert.equal(
    images.map(({ image }) => image),
    ['n3', 'n4'],
  );
});

test('another protocol is refused by name', ({ dir }) => {
  const advice = 'repeat its options, or give another folder with --out';
  const begun = 'but the study in st was started';
  const lr = STUDY.with(STUDY.indexOf('0.02'), '0.05');
  refused(dir, [...lr, '--out', 'st'], `--lr is 0.05, ${begun} with 0.02; ${advice}`);
  refused(dir, [...STUDY, '--ema', '0.9', '--out', 'st'], `--ema is 0.9, ${begun} without it; ${advice}`);
  const protocol = read(dir, 'st/protocol.json');
  put(dir, 'st/protocol.json', JSON.stringify({ ...protocol, clip: 1 }));
  refused(dir, FAMILY, `--clip is not given, ${begun} with 1; ${advice}`);
  put(dir, 'st/protocol.json', JSON.stringify(protocol));
  for (const part of ['images', 'masks']) rmSync(join(dir, `data/${part}/n7.png`));
  refused(
    dir,
    FAMILY,
    'data: its images are not those that the study in st was started on (7 now, 8 then); restore them, or give another folder with --out',
  );
  refused(
    dir,
    [...FAMILY.slice(0, -1), 'data'],
    'data: --data reads it, so nothing is written there; give another place',
  );
});

test('calls that make no sense', ({ dir }) => {
  const names = 'unet, wide-unet, unet-e, unet-plus, unet-plus-ds, unetpp, unetpp-ds';
  const invalid = (option: string, value: string, expected: string) =>
    `option '${option}' argument '${value}' is invalid. ${expected}; see unetpp study --help`;
  const list = `Expected names with commas between them, of ${names}; found "unett"`;
  refused(dir, ['study', '--arms', 'unet,unett'], invalid('--arms <list>', 'unet,unett', list));
  refused(dir, ['study', '--seeds', '1,2,1'], invalid('--seeds <list>', '1,2,1', 'Expected each once; found 1 twice'));
  const two = 'Expected 1, or at least 3: one to test on, one to validate on, the rest to train on';
  refused(dir, ['study', '--folds', '2'], invalid('--folds <n>', '2', two));
  refused(dir, ['study', '--skips', 'dense'], "unknown option '--skips'; see unetpp study --help");
  refused(dir, [...STUDY.with(-3, '6')], 'data: 6 folds need at least 6 patients, it has 5; take fewer');
  const embedded = [...STUDY, '--compare', 'embedded'];
  refused(
    dir,
    [...embedded, '--arms', 'unet'],
    '--arms unet: --compare embedded has arms of its own; leave --arms out',
  );
  refused(
    dir,
    embedded.with(embedded.indexOf('2,4,6'), '2,4'),
    '--compare embedded: --filters 2,4 has no level to prune to; give at least 3 widths',
  );
});

test('memory is asked for before anything is done, for every arm', ({ dir }) => {
  const { train, validation } = read(dir, 'st/protocol.json').splits[0];
  const images = { train: train.length, validation: validation.length };
  const need = (filters: number[]) => {
    const config = { ...defaultConfig, skips: 'original', deepSupervision: false, filters } as const;
    const { total, outside } = trainingMemory(config, { size: 16, batch: 4, microBatch: 2, images }, createBackend());
    return total + outside;
  };
  const [narrow, wide] = [need([50, 100, 200]), need([55, 109, 219])];
  assert.ok(narrow < wide);
  const call = [
    ...STUDY.with(STUDY.indexOf('2,4,6'), '50,100,200'),
    '--arms',
    'unet,wide-unet',
    '--out',
    'new',
    '--quiet',
  ];
  const { code, stderr } = unetppWithMemory(dir, (narrow + wide) / 2, call);
  assert.is(code, 2);
  const what = '--size 16 with --filters 55,109,219 and --micro-batch 2 needs \\d+ MB of memory, \\d+ MB are free';
  assert.match(stderr, new RegExp(`^unetpp: arm wide-unet: ${what}; lower one of them\n$`));
  assert.not.ok(existsSync(join(dir, 'new')));
});

test.run();
