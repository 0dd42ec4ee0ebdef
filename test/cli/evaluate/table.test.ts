/** The table and the CSV of an evaluation of several classes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imagesCsv } from '../../../src/app/evaluation/report-files.js';
import { worstImages } from '../../../src/app/evaluation/worst-images.js';
import { evaluationTable } from '../../../src/cli/tables/evaluate-table.js';
import { createModel, evaluate } from '../../../src/index.js';
import { squares } from '../../support/training/squares.js';

const OWN = { width: 16, height: 16 };
const SIZES = { size: 16, scoredAt: [OWN, OWN] } as const;
const model = createModel({ filters: [3, 4, 5], classes: 3 });
const evaluation = await evaluate(model, squares({ classes: 2 }), { distances: true, perImage: true });

test('the table has no threshold, and a part by class', () => {
  const worst = worstImages(evaluation.perImage!, 2);
  const table = evaluationTable(evaluation, { subset: 'validation', sizes: SIZES, objective: 'dice', worst });
  const text = table.join('\n');
  assert.match(
    text,
    /^6 images \(validation\) of 16x16 pixels, loss \d\.\d{4} \(dice\)\n\n +accurate +L1 +L2\nDice( +[01]\.\d{4}){3}\n/,
  );
  assert.match(text, /\n\nmode accurate, by class\n +class 1 +class 2\nDice( +[01]\.\d{4}){2}\n/);
  assert.not.match(text, 'threshold');
  assert.is(table.at(-3), 'lowest Dice, mode accurate');
  assert.is(table.filter((line) => line.startsWith('  validation-')).length, 2);
  for (const line of table) assert.ok(line.length <= 80, line);
});

test('the CSV has the columns of each class behind those of their mean', () => {
  const [header, ...rows] = imagesCsv(evaluation, new Map())
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  const scores = ['dice', 'iou', 'precision', 'sensitivity', 'specificity', 'hd95', 'assd'];
  const columns = ['', '_1', '_2'].flatMap((suffix) => scores.map((name) => name + suffix));
  assert.equal(header, ['image', ...columns, 'distance_unit']);
  assert.is(rows.length, 6);
  rows.forEach((row, k) => {
    const { image, dice, perClass = [] } = evaluation.perImage![k]!;
    assert.equal([row[0], row[1], row[8], row[15]], [image, `${dice}`, ...perClass.map((one) => `${one.dice}`)]);
    assert.equal([row.length, row.at(-1)], [23, 'px']);
  });
});

test.run();
