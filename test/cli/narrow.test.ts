/** What is printed for terminals of 40 columns, and of fewer. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { epochHeader, epochRow } from '../../src/cli/tables/epochs.js';
import { evaluationTable } from '../../src/cli/tables/evaluate-table.js';
import { table } from '../../src/cli/tables/table.js';
import { columnsOf } from '../../src/cli/terminal/columns.js';
import { barLine } from '../../src/cli/terminal/progress.js';
import { createModel, type EpochReport, evaluate, trainModel } from '../../src/index.js';
import { squares } from '../support/training/squares.js';

const model = createModel({ filters: [2, 3, 4, 5, 6] });
const reports: EpochReport[] = [];
for await (const report of trainModel(model, squares(), { epochs: 1 })) reports.push(report);
const epoch = { ...reports[0]!, epoch: 100, epochs: 1000 };

test('the width of a terminal, of the environment, or none', () => {
  const before = process.env.COLUMNS;
  process.env.COLUMNS = '40';
  assert.equal([columnsOf({ columns: 132 }), columnsOf({ columns: 0 })], [132, 40]);
  process.env.COLUMNS = 'wide';
  assert.is(columnsOf({ columns: 0 }), Infinity);
  if (before === undefined) delete process.env.COLUMNS;
  else process.env.COLUMNS = before;
});

test('the table of epochs: 80 columns hold all of it, 40 the epoch, the loss, the mean and the time', () => {
  const [above, titles] = epochHeader(epoch, 80).split('\n');
  assert.is(titles, '     epoch     loss val loss     L1     L2     L3     L4   mean images/s    time');
  assert.is(above, `${' '.repeat(30)}validation Dice (* best so far)`);
  assert.is(epochRow(epoch, 80).length, 80);
  assert.is(epochHeader(epoch, 79).split('\n')[1]!.length, 71, 'speed goes first');
  assert.is(epochHeader(epoch, 70).split('\n')[1], '     epoch     loss val loss   mean    time');
  assert.is(epochHeader(epoch, 40), '         validation Dice (* best so far)\n     epoch val loss   mean    time');
  assert.match(epochRow(epoch, 40), /^\* 100\/1000 {3}\d\.\d{4} 0\.\d{4} +\d+:\d\d$/);
});

test('the bar shrinks, and goes before its words do', () => {
  assert.is(barLine('epoch 8/8 training', 0.5, '36.3 images/s, 0:02 left', 100).length, 73);
  assert.is(barLine('reading', 0.5, '2 of 4 images', 39), 'reading ██████░░░░░░ 50%  2 of 4 images');
  assert.is(barLine('reading', 0.5, '2 of 4 images', 30), 'reading  50%  2 of 4 images');
  assert.is(barLine('reading', 0.5, '2 of 4 images', 12), 'reading  50%');
  assert.is(barLine('reading', 0, '', -1), '');
});

test('a table with no room for its columns lists the cells of each row', () => {
  const rows = [
    ['L1', '25,393', '4.6'],
    ['L2', '128,065', '10.1'],
  ];
  const titles = ['mode', 'parameters', 'ms'];
  assert.equal(table(titles, rows, 24), [
    'mode   parameters     ms',
    'L1         25,393    4.6',
    'L2        128,065   10.1',
  ]);
  assert.equal(table(titles, rows, 23), [
    ...['mode L1', '  parameters  25,393', '  ms          4.6'],
    ...['mode L2', '  parameters  128,065', '  ms          10.1'],
  ]);
});

test('an evaluation: columns with no room come below', async () => {
  const evaluation = await evaluate(model, squares(), { distances: true });
  const own = { width: 16, height: 16 };
  const sizes = { size: 16, scoredAt: [own, own] } as const;
  const context = { subset: 'validation', sizes, objective: 'dice', worst: [] };
  const lines = evaluationTable(evaluation, context, 40);
  assert.equal(
    lines.filter((line) => line.startsWith('      ')).map((line) => line.trim().split(/ +/)),
    [['accurate', 'L1'], ['L2', 'L3'], ['L4']],
  );
  for (const line of lines.slice(1)) assert.ok(line.length <= 40, line);
});

test.run();
