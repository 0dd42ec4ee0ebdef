/** `unetpp compare`: the table of the heads, the recommendation, and the mode auto that comes of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createModel, loadModel, type ModelConfig, weightsSha256 } from '../../../src/index.js';
import {
  disc,
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

const test = suiteInFolder('cli compare');
const FILE = 'model.safetensors';
const compare = (...more: string[]) => ['compare', '--model', FILE, '--data', 'data', '--runs', '3', ...more];
const predict = (...more: string[]) => ['predict', '--model', FILE, '--input', 'scan.png', '--out', 'out', ...more];
const untold =
  'mode "auto": this model has no recommendation stored; let unetpp compare --save find one, or choose from accurate, fast, L1, L2';

async function putModel(dir: string, config: Partial<ModelConfig> = {}): Promise<void> {
  const model = createModel({ filters: [4, 8, 12], ...config });
  // Near the middle of what an untrained network says.
  const thresholds = { L1: 0.45, L2: 0.5, accurate: 0.48 };
  model.adopt({ preprocessing: { normalisation: 'range', size: 32 }, thresholds });
  await model.save(join(dir, FILE));
}

type Row = Readonly<Record<string, number | string>>;

test('a row for each head and the mean, with the costs that info has', async ({ dir }) => {
  await putModel(dir);
  putPairs(dir);
  const before = readFileSync(join(dir, FILE));
  const result = json(dir, compare('--threads', '1'));
  assert.equal([result.images, result.subset, result.size, result.runs, result.threads], [1, 'validation', 32, 3, 1]);
  const rows = result.rows as Row[];
  assert.equal(
    rows.map(({ mode }) => mode),
    ['L1', 'L2', 'accurate'],
  );
  const info = json(dir, ['info', '--model', FILE, '--threads', '1']);
  [...(info.levels as Row[]), info as Row].forEach((cost, k) => {
    for (const name of ['parameters', 'macs', 'workingBytes', 'preparedBytes']) assert.is(rows[k]![name], cost[name]);
  });
  assert.is(rows[2]!.parameterBytes, info.parameterBytes);
  assert.is(result.saved, false);
  assert.equal(readFileSync(join(dir, FILE)), before);
  assert.is(json(dir, compare('--subset', 'all', '--size', '30')).images, 6);
});

test('the tolerance decides; a stored recommendation is the mode auto', async ({ dir }) => {
  await putModel(dir);
  putPairs(dir);
  put(dir, 'scan.png', disc(20, 16));
  refused(dir, predict('--mode', 'auto'), untold);
  assert.is(json(dir, ['info', '--model', FILE]).recommendation, null);

  const all = ['--subset', 'all', '--score', 'pooledIou', '--save'];
  const strict = json(dir, compare(...all, '--tolerance', '0'));
  const { scores, ...strictly } = strict.recommendation as { mode: string; scores: Record<string, number> };
  const best = Object.keys(scores).reduce((a, b) => (scores[b]! > scores[a]! ? b : a));
  const facts = { score: 'pooledIou', subset: 'all', images: 6 };
  assert.equal(strictly, { mode: best, tolerance: 0, ...facts });
  for (const { mode, pooledIou } of strict.rows as Row[]) assert.is(scores[mode as string], pooledIou);

  const weights = await weightsSha256(await loadModel(join(dir, FILE)));
  const { saved, recommendation } = json(dir, compare(...all, '--tolerance', '1'));
  assert.is(saved, true);
  assert.equal(recommendation, { mode: 'L1', tolerance: 1, ...facts, scores });
  const stored = await loadModel(join(dir, FILE));
  assert.equal(stored.card.recommendation, recommendation);
  assert.equal(stored.card.thresholds, { L1: 0.45, L2: 0.5, accurate: 0.48 });
  assert.is(await weightsSha256(stored), weights);
  assert.equal(
    listing(dir).filter((name) => name.endsWith('.tmp')),
    [],
  );

  const auto = json(dir, predict('--mode', 'auto', '--save-probs'));
  assert.equal([auto.mode, auto.threshold], ['L1', 0.45]);
  const probs = () => readFileSync(join(dir, 'out/scan.npy'), 'hex');
  const automatic = probs();
  json(dir, predict('--mode', 'L1', '--save-probs'));
  assert.ok(probs() === automatic);
  const evaluation = json(dir, ['evaluate', '--model', FILE, '--data', 'data', '--mode', 'auto', '--subset', 'all']);
  assert.equal([evaluation.mode, evaluation.pooledIou], ['L1', scores.L1]);
  const info = (...more: string[]) => unetpp(dir, ['info', '--model', FILE, ...more]).stdout;
  assert.equal(JSON.parse(info('--json')).recommendation, recommendation);
  const said = `\nauto      L1: pooled IoU ${scores.L1!.toFixed(4)}, `;
  assert.match(info(), said);
});

test('new thresholds outdate a recommendation', async ({ dir }) => {
  await putModel(dir);
  putPairs(dir);
  json(dir, compare('--save'));
  const choose = ['evaluate', '--model', FILE, '--data', 'data', '--choose-threshold'];
  assert.not.match(unetpp(dir, choose).stdout, 'is removed');
  assert.ok((await loadModel(join(dir, FILE))).card.recommendation);
  const removed = '\nThe recommended mode was found with other thresholds and is removed: compare again.\n';
  assert.match(unetpp(dir, [...choose, '--save']).stdout, removed);
  assert.is((await loadModel(join(dir, FILE))).card.recommendation, undefined);
});

test('people read a table, why, and what to do', async ({ dir }) => {
  await putModel(dir);
  putPairs(dir);
  const { code, stdout, stderr } = unetppAlone(dir, compare('--tolerance', '1', '--threads', '2'));
  assert.equal([code, stderr], [0, '']);
  for (const line of stdout.split('\n')) assert.ok(line.length <= 110, line);
  assert.match(
    stdout,
    /^1 image \(validation\) of \d+x\d+ pixels, seen at 32x32\n\nmode +Dice +IoU +pooled IoU +parameters +multiply-adds +ms +of L2 +memory\nL1( +[01]\.\d{4}){3} +1,645 +884\.7 thousand +\d+\.\d +[\d.]+ % +1 MB\nL2 .* 100 % +1 MB\naccurate /,
  );
  assert.match(stdout, '\nms: median of 3 predictions of one image on 2 threads, in turns; accurate: the mean of');
  assert.match(
    stdout,
    /\n\nL1 is recommended: Dice [01]\.\d{4}, (the best|within 1 of the best \((L2|accurate), [01]\.\d{4}\), [\d.]+ times as fast, [\d.]+ % of the parameters)\.\nnot stored; --save stores it/,
  );
  assert.match(stdout, '\nIt was chosen on these images: evaluate it on other images.\n');
  const [line] = stdout.match(/npx unetpp prune .*/)!;
  const pruned = inShell(dir, line);
  assert.equal([pruned.code, pruned.stderr], [0, '']);
  assert.equal((await loadModel(join(dir, 'L1.safetensors'))).config.filters, [4, 8]);

  const flattering = unetpp(dir, compare('--subset', 'all', '--save')).stdout;
  assert.match(flattering, `\nstored in ${FILE}, for --mode auto\n`);
  assert.match(flattering, '\nScores on training images are too high: compare on other images.\n');
});

test('a model of one head: a row, and nothing to prune', async ({ dir }) => {
  const model = createModel({ filters: [4, 8], deepSupervision: false });
  model.adopt({ ...model.card, preprocessing: { normalisation: 'range', size: 32 } });
  await model.save(join(dir, FILE));
  putPairs(dir);
  const { stdout } = unetpp(dir, compare());
  assert.match(
    stdout,
    /\nL1 .* 100 % .*\n\nms: .*\n\nL1 is recommended: Dice [01]\.\d{4}, the best\.\nnot stored; .*\nIt was/,
  );
});

test('what cannot be compared is refused', async ({ dir }) => {
  await putModel(dir);
  putPairs(dir);
  const help = 'see unetpp compare --help';
  const tolerance = "option '--tolerance <t>' argument '2' is invalid. Expected a number from 0 to 1";
  refused(dir, compare('--tolerance', '2'), `${tolerance}; ${help}`);
  const runs = "option '--runs <n>' argument '0' is invalid. Expected a whole number from 1 to 10000";
  refused(dir, compare('--runs', '0'), `${runs}; ${help}`);
  const scores = 'Allowed choices are dice, iou, pooledDice, pooledIou';
  refused(dir, compare('--score', 'hd95'), `option '--score <name>' argument 'hd95' is invalid. ${scores}; ${help}`);
  const sizes = '5 train, 1 validation and 0 test images';
  refused(dir, compare('--subset', 'test'), `data: the subset "test" holds no image; there are ${sizes}`);
  await putModel(dir, { inChannels: 2 });
  assert.match(
    unetpp(dir, compare()).stderr,
    /^unetpp: data: its images have 1 channel, the model reads 2; give images of 2\n$/,
  );
});

test.run();
