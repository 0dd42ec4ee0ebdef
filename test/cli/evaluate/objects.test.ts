/** `unetpp evaluate`: a postprocessing chosen and stored, and the scores of single objects. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type ChoiceOptions, makeChoices } from '../../../src/app/evaluation/choices.js';
import { choiceLines } from '../../../src/cli/tables/choice-lines.js';
import {
  createModel,
  decodePng,
  encodePng,
  loadModel,
  type Postprocessings,
  type Recommendation,
  weightsSha256,
} from '../../../src/index.js';
import { json, put, refused, suiteInFolder } from '../../support/cli/cli.js';
import { runShared } from '../../support/cli/shared-command.js';
import { squares } from '../../support/training/squares.js';

const test = suiteInFolder('cli evaluate: objects');
const FILE = 'model.safetensors';
/** What a call prints for people. */
const printed = (cwd: string, args: readonly string[]) => runShared({ cwd, args }).stdout;
const evaluate = (...more: string[]) => ['evaluate', '--model', FILE, '--data', 'data', ...more];

/** Images of discs, a large one and small ones; only the large one is in the mask. */
function putData(dir: string, count = 6): void {
  for (let n = 0; n < count; n++) {
    const [image, mask] = [new Uint8Array(48 * 40), new Uint8Array(48 * 40)];
    for (let y = 0, i = 0; y < 40; y++) {
      for (let x = 0; x < 48; x++, i++) {
        const distance = (x - 14 - n) ** 2 + (y - 20) ** 2;
        const large = distance < 100;
        const small = distance > 150 && ((x % 11 === 9 && y % 9 === n) || (x === 40 && y > 30));
        image[i] = large || small ? 230 : 20;
        mask[i] = large ? 255 : 0;
      }
    }
    put(dir, `data/images/n${n}.png`, encodePng({ width: 48, height: 40, channels: 1, data: image }));
    put(dir, `data/masks/n${n}.png`, encodePng({ width: 48, height: 40, channels: 1, data: mask }));
  }
  put(dir, 'data/split.json', JSON.stringify({ train: ['n5'], validation: ['n0', 'n1', 'n2'], test: ['n3', 'n4'] }));
}

/** A network that answers with the image itself: bright pixels are foreground. */
async function putModel(dir: string, card: object = {}): Promise<void> {
  const model = createModel({ filters: [1, 1], skips: 'dense' }, { seed: 1 });
  for (const { name } of model.parameters.list) {
    const parameter = model.parameters.get(name);
    const values = new Float32Array((await parameter.read()).length);
    const isImage = name === 'conv0_0.conv1.weight' || name === 'conv0_0.conv2.weight';
    // Of 3x3 weights the middle one; of the node's two inputs the skip.
    if (isImage || name === 'conv0_1.conv2.weight') values[4] = 1;
    if (name === 'conv0_1.conv1.weight') values[8] = 1;
    if (name === 'final1.weight') values[0] = 10;
    if (name === 'final1.bias') values[0] = -5;
    parameter.write(values);
  }
  model.parameters.weightsChanged();
  model.adopt({ ...model.card, ...card });
  await model.save(join(dir, FILE));
}

test('--choose-postprocessing: what helps is used at once, and stored with --save alone', async ({ dir }) => {
  await putModel(dir);
  putData(dir);
  const before = readFileSync(join(dir, FILE));
  const plain = json(dir, evaluate());
  const result = json(dir, evaluate('--choose-postprocessing'));
  const { score, saved, outputs } = result.chosenPostprocessing as {
    score: string;
    saved: boolean;
    outputs: Record<string, { postprocessing: object; before: number; score: number; tried: object[] }>;
  };
  assert.equal([score, saved, Object.keys(outputs), result.chosen], ['dice', false, ['L1'], null]);
  const { L1 } = outputs;
  assert.equal(L1!.postprocessing, { minObject: 16 });
  assert.equal([L1!.before, result.dice], [plain.dice, L1!.score]);
  assert.equal([plain.postprocessing, result.postprocessing], [null, { minObject: 16 }]);
  assert.ok(L1!.score === 1 && L1!.before < 0.99);
  assert.equal(readFileSync(join(dir, FILE)), before);
  const said = printed(dir, evaluate('--choose-postprocessing', 'pq'));
  assert.match(
    said,
    /\npostprocessing that raises the mean panoptic quality:\n {2}L1 {2}0\.\d{4} to 1\.0000, objects below 16 pixels removed\nnot stored; --save /,
  );

  assert.equal(json(dir, evaluate('--choose-postprocessing', '--save')).files, [FILE]);
  const stored = await loadModel(join(dir, FILE));
  assert.equal(stored.card.postprocessing, { L1: { minObject: 16 } });
  assert.is(await weightsSha256(stored), await weightsSha256(await loadModel(before)));
  assert.is(json(dir, evaluate()).dice, 1);
  assert.is(json(dir, evaluate('--no-postprocessing')).dice, plain.dice);
  assert.match(printed(dir, evaluate()), /\nmasks: accurate: objects below 16 pixels removed.*\n\n/);
  assert.match(printed(dir, ['info', '--model', FILE]), '\nmasks     L1: objects below 16 pixels removed\n');
  assert.equal(json(dir, ['info', '--model', FILE]).postprocessing, { L1: { minObject: 16 } });
  const compared = json(dir, ['compare', '--model', FILE, '--data', 'data', '--runs', '1']);
  assert.is((compared.rows as { dice: number }[])[0]!.dice, 1);
});

test('with --choose-threshold the threshold comes first; where nothing helps nothing is stored', async ({ dir }) => {
  await putModel(dir, { postprocessing: { L1: { largestOnly: true } } });
  putData(dir);
  const both = json(dir, evaluate('--choose-threshold', '--choose-postprocessing', '--save'));
  assert.equal(Object.keys((both.chosen as { thresholds: object }).thresholds), ['L1']);
  assert.equal(both.postprocessing, { minObject: 16 });
  // What is predicted is now the truth.
  for (const n of [0, 1, 2]) {
    const { data } = decodePng(readFileSync(join(dir, `data/images/n${n}.png`)), 'image');
    const mask = Uint8Array.from(data, (value) => (value > 100 ? 255 : 0));
    put(dir, `data/masks/n${n}.png`, encodePng({ width: 48, height: 40, channels: 1, data: mask }));
  }
  const stdout = printed(dir, evaluate('--choose-postprocessing', '--save'));
  assert.match(
    stdout,
    '\nno postprocessing raises the mean Dice by more than 0.001: masks stay as they are\nstored in model.safetensors\n',
  );
  assert.is((await loadModel(join(dir, FILE))).card.postprocessing, undefined);
});

test('--objects: counts, means and pooled scores, in the table, in --json and in CSV', async ({ dir }) => {
  await putModel(dir);
  putData(dir);
  assert.not.ok('objects' in json(dir, evaluate()));
  const result = json(dir, evaluate('--objects', '--csv', 'scores.csv', '--subset', 'test'));
  const objects = result.objects as Record<string, number>;
  const perImage = result.perImage as { objects: Record<string, number> }[];
  assert.equal([objects.actual, objects.matched, objects.recall], [2, 2, 1]);
  assert.is(
    objects.predicted,
    perImage.reduce((sum, { objects: of }) => sum + of.predicted!, 0),
  );
  assert.ok(objects.predicted! > 10 && objects.precision! < 0.3);
  const pooled = result.pooledObjects as Record<string, number>;
  assert.is(pooled.precision, 2 / objects.predicted!);
  assert.equal((result.heads as { objects: object }[])[0]!.objects, objects);
  const [header, row] = readFileSync(join(dir, 'scores.csv'), 'utf8').split('\r\n');
  const names = 'objects_predicted,objects_true,objects_matched,object_precision,object_recall,object_f1,sq,pq';
  assert.is(header, `image,dice,iou,precision,sensitivity,specificity,hd95,assd,${names},distance_unit`);
  const { predicted, actual, matched, precision, recall, f1, sq, pq } = perImage[0]!.objects;
  assert.is(row!.split(',').slice(8, -1).join(), [predicted, actual, matched, precision, recall, f1, sq, pq].join());
  const stdout = printed(dir, evaluate('--objects', '--subset', 'test', '--csv', 'scores.csv'));
  assert.match(
    stdout,
    /\nobjects predicted( +\d+){2}\nobjects true( +2){2}\n {2}with IoU > 0\.5( +2){2}\nobject precision( +0\.\d{4}){2}\n/,
  );
  assert.match(
    stdout,
    /\npanoptic quality( +0\.\d{4}){2}\npooled object F1 .*\n {2}mean IoU \(SQ\) .*\n {2}panoptic quality /,
  );
});

const RECOMMENDATION: Recommendation = {
  ...{ mode: 'L1', score: 'dice', tolerance: 0.01, subset: 'validation', images: 4 },
  scores: { L1: 0.8, L2: 0.7, accurate: 0.8 },
};

test('what was found with other masks goes, and people are told', async () => {
  const dataset = squares();
  const made = async (choice: Partial<ChoiceOptions>, postprocessing?: Postprocessings) => {
    const model = createModel({ filters: [2, 3, 4] });
    model.adopt({ ...model.card, recommendation: RECOMMENDATION, ...(postprocessing && { postprocessing }) });
    const choices = await makeChoices(
      [{ model, dataset }],
      { model: ['m'], subset: 'validation', ...choice },
      () => ({}),
    );
    const { recommendation, postprocessing: left } = model.card;
    return {
      outdated: choices.outdated,
      recommendation,
      left,
      lines: choiceLines(choices, { ...choice, save: true, model: ['m'] }),
    };
  };
  const threshold = await made({ chooseThreshold: 'dice' }, { L1: { minObject: 8 } });
  assert.equal(threshold.outdated, ['postprocessing', 'recommendation']);
  assert.equal([threshold.left, threshold.recommendation], [undefined, undefined]);
  assert.ok(
    threshold.lines.includes('The postprocessing was found with other thresholds and is removed: choose it again.'),
  );
  assert.ok(
    threshold.lines.includes('The recommended mode was found with other thresholds and is removed: compare again.'),
  );
  const replaced = await made({ choosePostprocessing: 'dice' }, { L1: { maxHole: 512 } });
  assert.equal(replaced.outdated, ['recommendation']);
  assert.ok(replaced.lines.includes('The recommended mode was found with other masks and is removed: compare again.'));
  const none = await made({});
  assert.equal([none.outdated, none.recommendation, none.lines], [[], RECOMMENDATION, []]);
});

test('calls that contradict themselves', async ({ dir }) => {
  await putModel(dir);
  putData(dir);
  refused(
    dir,
    evaluate('--choose-postprocessing', '--subset', 'test'),
    '--choose-postprocessing works on the validation images: those of "test" could not judge a postprocessing that was chosen on them; leave --subset out',
  );
  refused(
    dir,
    evaluate('--choose-postprocessing', '--threshold', '0.3'),
    '--threshold 0.3 and --choose-postprocessing contradict each other; leave one of them out',
  );
  refused(
    dir,
    evaluate('--choose-postprocessing', '--no-postprocessing'),
    '--no-postprocessing and --choose-postprocessing contradict each other; leave one of them out',
  );
  refused(
    dir,
    evaluate('--choose-postprocessing', 'hd95'),
    "option '--choose-postprocessing [score]' argument 'hd95' is invalid. Allowed choices are dice, pooledDice, pq; see unetpp evaluate --help",
  );
});

test.run();
