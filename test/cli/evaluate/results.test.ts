/** What `unetpp evaluate` writes: per-image scores, the worst cases, and thresholds in the model file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { saveUnchanged } from '../../../src/app/models/save-unchanged.js';
import { spacing } from '../../../src/app/options/parsers.js';
import { encodePng } from '../../../src/formats/png/encode.js';
import { decodePng } from '../../../src/formats/png/png.js';
import { createModel, loadModel, type ModelConfig, weightsSha256 } from '../../../src/index.js';
import { disc, json, listing, put, putPairs, refused, suiteInFolder, unetpp } from '../../support/cli/cli.js';

const test = suiteInFolder('cli evaluate: results');
const FILE = 'model.safetensors';
const evaluate = (...more: string[]) => ['evaluate', '--model', FILE, '--data', 'data', ...more];

/** An untrained model, whose probabilities are near 0.5. */
async function putModel(dir: string, config: Partial<ModelConfig> = {}): Promise<void> {
  const model = createModel({ filters: [2, 4, 6], ...config });
  model.adopt({ ...model.card, preprocessing: { normalisation: 'range', size: 32 } });
  await model.save(join(dir, FILE));
}

type Row = Record<string, unknown>;

/** A CSV without quotes as objects, every cell a text. */
function readCsv(dir: string, path: string): Record<string, string>[] {
  const [header = [], ...rows] = readFileSync(join(dir, path), 'utf8')
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  return rows.map((row) => Object.fromEntries(header.map((name, k) => [name, row[k]!])));
}

const SCORES = ['dice', 'iou', 'precision', 'sensitivity', 'specificity', 'hd95', 'assd'];

test('every score in --json; their means are those of the images', async ({ dir }) => {
  await putModel(dir);
  putPairs(dir);
  const result = json(dir, evaluate('--subset', 'all', '--threshold', '0.4'));
  const perImage = result.perImage as Row[];
  assert.equal(perImage.map(({ image }) => image).sort(), ['n0', 'n1', 'n2', 'n3', 'n4', 'n5']);
  const heads = result.heads as Row[];
  const pooled = ['pooledDice', 'pooledIou', 'pooledPrecision', 'pooledSensitivity', 'pooledSpecificity'];
  for (const name of [...SCORES, ...pooled]) {
    for (const scores of [result, ...heads]) assert.type(scores[name], 'number', name);
  }
  for (const name of SCORES) {
    const mean = perImage.reduce((sum, scores) => sum + (scores[name] as number), 0) / perImage.length;
    assert.ok(Math.abs((result[name] as number) - mean) < 1e-9, name);
  }
  assert.equal([result.undefinedDistances, result.distanceUnit, result.spacing, result.chosen], [0, 'px', null, null]);
  const dice = (name: unknown) => perImage.find(({ image }) => image === name)!.dice as number;
  const worst = (result.worst as string[]).map(dice);
  assert.is(worst.length, 5);
  assert.equal(
    worst,
    perImage
      .map((scores) => scores.dice as number)
      .sort((a, b) => a - b)
      .slice(0, 5),
  );
  assert.equal(json(dir, evaluate('--worst', '1')).worst, (json(dir, evaluate()).worst as string[]).slice(0, 1));
});

test('--spacing: distances in mm, rows and columns by themselves', async ({ dir }) => {
  await putModel(dir);
  putPairs(dir);
  const pixels = json(dir, evaluate());
  const half = json(dir, evaluate('--spacing', '0.5'));
  assert.equal([half.spacing, half.distanceUnit, half.dice], [[0.5, 0.5], 'mm', pixels.dice]);
  for (const name of ['hd95', 'assd']) {
    assert.ok((pixels[name] as number) > 0);
    assert.ok(Math.abs((half[name] as number) - (pixels[name] as number) / 2) < 1e-9, name);
  }
  const oblong = json(dir, evaluate('--spacing', '0.5,2'));
  assert.equal(oblong.spacing, [0.5, 2]);
  assert.ok((oblong.assd as number) > (half.assd as number));
  assert.match(unetpp(dir, evaluate('--spacing', '0.5')).stdout, /\nHD95 \(mm\) .*\nASSD \(mm\) /);
});

test('--csv: one row an image; --report: the same, and a picture of the worst', async ({ dir }) => {
  await putModel(dir);
  putPairs(dir);
  const all = evaluate('--subset', 'all', '--threshold', '0.4', '--spacing', '0.5');
  const result = json(dir, [...all, '--csv', 'scores.csv', '--report', 'report', '--worst', '2']);
  assert.equal(result.files, ['report/worst.png', 'report/images.csv', 'scores.csv']);
  assert.equal(
    readCsv(dir, 'scores.csv'),
    (result.perImage as Row[]).map((row) =>
      Object.fromEntries([...['image', ...SCORES].map((name) => [name, `${row[name]}`]), ['distance_unit', 'mm']]),
    ),
  );
  assert.equal(readFileSync(join(dir, 'report/images.csv')), readFileSync(join(dir, 'scores.csv')));
  assert.equal(listing(join(dir, 'report')), ['images.csv', 'worst.png'], 'nothing temporary');
  const two = decodePng(readFileSync(join(dir, 'report/worst.png')), 'worst');
  const three = json(dir, [...all, '--report', 'report3', '--worst', '3']).files as string[];
  const grown = decodePng(readFileSync(join(dir, three[0]!)), 'worst').height - two.height;
  assert.ok(grown > 250 && grown < 350, `a row of the sheet for each image, found ${grown} pixels`);
  const { stdout } = unetpp(dir, [...all, '--csv', 'scores.csv']);
  assert.match(stdout, /\n\nwritten: scores\.csv\n$/);
});

test('an image without foreground: its distances are an empty cell, and counted', async ({ dir }) => {
  await putModel(dir);
  putPairs(dir);
  put(dir, 'data/masks/n1.png', encodePng({ width: 41, height: 35, channels: 1, data: new Uint8Array(41 * 35) }));
  const call = evaluate('--subset', 'all', '--threshold', '0', '--csv', 'scores.csv');
  const result = json(dir, call);
  assert.is(result.undefinedDistances, 1);
  const row = readCsv(dir, 'scores.csv').find(({ image }) => image === 'n1')!;
  assert.equal([row.dice, row.precision, row.specificity, row.hd95, row.assd], ['0', '0', '0', '', '']);
  const { stdout } = unetpp(dir, call);
  assert.match(stdout, /\nASSD .*\n {2}undefined in( +1){3}\npooled Dice /);
  assert.match(stdout, /\n {2}n1 +Dice 0\.0000 {2}HD95 +- px {2}ASSD +- px\n/);
});

test('--choose-threshold: the best of the curve, used at once, stored with --save alone', async ({ dir }) => {
  await putModel(dir);
  putPairs(dir);
  const before = readFileSync(join(dir, FILE));
  const result = json(dir, evaluate('--choose-threshold'));
  const { score, saved, thresholds } = result.chosen as {
    score: string;
    saved: boolean;
    thresholds: Record<string, Row>;
  };
  assert.equal([score, saved, Object.keys(thresholds)], ['dice', false, ['L1', 'L2', 'accurate']]);
  const { threshold, curve } = thresholds.accurate as {
    threshold: number;
    curve: { threshold: number; dice: number }[];
  };
  assert.is(result.threshold, threshold);
  assert.is(result.dice, Math.max(...curve.map(({ dice }) => dice)));
  assert.is(result.dice, curve.find((point) => point.threshold === threshold)!.dice);
  assert.equal(readFileSync(join(dir, FILE)), before);
  const said = unetpp(dir, evaluate('--choose-threshold', 'pooledDice')).stdout;
  assert.match(
    said,
    /\n\nthresholds of the highest pooled Dice: L1 [\d.]+, L2 [\d.]+, accurate [\d.]+\nnot stored; --save /,
  );

  assert.equal(json(dir, evaluate('--choose-threshold', '--save')).files, [FILE]);
  const stored = await loadModel(join(dir, FILE));
  assert.equal(
    stored.card.thresholds,
    Object.fromEntries(Object.entries(thresholds).map(([name, choice]) => [name, choice.threshold])),
  );
  assert.is(await weightsSha256(stored), await weightsSha256(await loadModel(before)));
  const again = json(dir, evaluate());
  assert.equal([again.threshold, again.dice], [threshold, result.dice]);
  assert.is(json(dir, evaluate('--threshold', '0.9')).threshold, 0.9);
});

test('a model file that has changed meanwhile is not written over', async ({ dir }) => {
  await putModel(dir);
  const path = join(dir, FILE);
  const bytes = Uint8Array.from(readFileSync(path));
  const model = await loadModel(path);
  model.adopt({ ...model.card, thresholds: { L1: 0.25 } });
  await saveUnchanged(model, path, bytes);
  assert.equal((await loadModel(path)).card.thresholds, { L1: 0.25 });
  try {
    await saveUnchanged(model, path, bytes);
    assert.unreachable();
  } catch (error) {
    const why = 'changed while it was evaluated, so nothing was stored; evaluate it again';
    assert.is((error as Error).message, `${path}: ${why}`);
  }
});

test('predict and info know the stored thresholds', async ({ dir }) => {
  await putModel(dir);
  put(dir, 'scan.png', disc(20, 16));
  const predict = (...more: string[]) =>
    json(dir, ['predict', '--model', FILE, '--input', 'scan.png', '--out', 'out', ...more]).threshold;
  const mask = () => decodePng(readFileSync(join(dir, 'out/scan.png')), 'scan').data.every((value) => value === 255);
  assert.equal([predict(), mask()], [0.5, false]);
  const model = await loadModel(join(dir, FILE));
  model.adopt({ ...model.card, thresholds: { L1: 0.3, accurate: 0 } });
  await model.save(join(dir, FILE));
  assert.equal([predict(), mask()], [0, true]);
  assert.equal([predict('--mode', 'L1'), predict('--mode', 'fast')], [0.3, 0.5]);
  assert.equal([predict('--threshold', '0.5'), mask()], [0.5, false]);
  assert.equal(json(dir, ['info', '--model', FILE]).thresholds, { L1: 0.3, accurate: 0 });
  assert.match(unetpp(dir, ['info', '--model', FILE]).stdout, '\nthreshold L1 0.3, accurate 0\n');
});

test('calls that are refused leave nothing behind', async ({ dir }) => {
  await putModel(dir);
  putPairs(dir);
  put(dir, 'full/file', 'x');
  const help = 'see unetpp evaluate --help';
  const expected = 'Expected a number above 0, or two (row,column) like 0.49,0.6.';
  for (const wrong of ['0', '-1', 'mm', '', '1,', '1,0', '1,2,3', 'Infinity']) {
    assert.throws(
      () => spacing(wrong),
      (error: Error) => error.message === expected,
      wrong,
    );
  }
  const invalid = `option '--spacing <mm>' argument '0' is invalid. ${expected.slice(0, -1)}`;
  refused(dir, evaluate('--spacing', '0'), `${invalid}; ${help}`);
  refused(dir, evaluate('--report', 'full/file'), 'full/file: a file, expected a folder; give another name');
  refused(
    dir,
    evaluate('--choose-threshold', '--subset', 'test'),
    '--choose-threshold works on the validation images: those of "test" could not judge a threshold that was chosen on them; leave --subset out',
  );
  refused(
    dir,
    evaluate('--choose-threshold', '--threshold', '0.3'),
    '--threshold 0.3 and --choose-threshold contradict each other; leave one of them out',
  );
  refused(
    dir,
    evaluate('--save'),
    '--save stores what --choose-threshold and --choose-postprocessing find; give one of them, or leave --save out',
  );
  const worst = `option '--worst <n>' argument '0' is invalid. Expected a whole number from 1 to 100; ${help}`;
  refused(dir, evaluate('--worst', '0'), worst);
  refused(dir, evaluate('--csv', 'full'), 'full: a folder, expected a file; give the name of a file');
  const twice = evaluate('--report', 'full', '--csv', 'full/images.csv');
  refused(dir, twice, 'full/images.csv: two results would be written to it; rename one of them');
});

test.run();
