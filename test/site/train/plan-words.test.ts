/** Options in the words of a form, and errors at their fields. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atField, blamed, groupsOf, labelOf } from '../../../site/app/train/plan-words.js';
import type { PlannedOption } from '../../../site/engine/protocol.js';

const option = (name: string, flag: string, group = 'Training:', value = '1'): PlannedOption => ({
  ...{ name, flag, group, value, help: 'help', reason: null, choices: null },
});
const options = [
  option('epochs', '--epochs <n>'),
  option('microBatch', '--micro-batch <n>'),
  option('size', '--size <pixels>', 'Data:', ''),
  option('patch', '--patch <pixels>', 'Data:', '96'),
  option('recipe', '--recipe <name>', '', ''),
];

const INVALID = "option '--epochs <n>' argument '0' is invalid. Expected a whole number from 1 to 1000000000";

test('labels are words', () => {
  assert.is(labelOf({ name: 'deepSupervision' }), 'Deep supervision');
  assert.is(labelOf({ name: 'learningRate' }), 'Learning rate');
  assert.is(labelOf({ name: 'filters' }), 'Channels of each level');
});

test('an error belongs to the option whose flag it begins with', () => {
  assert.is(blamed('--epochs: Expected a whole number from 1 to 1000000000.', options)?.name, 'epochs');
  assert.is(blamed('--micro-batch 8 is more than --batch 4', options)?.name, 'microBatch');
  assert.is(blamed('--batch: Expected a whole number.', options), undefined);
  assert.is(blamed('the folder is empty', options), undefined);
  assert.is(blamed(null, options), undefined);
  assert.is(blamed(INVALID, options)?.name, 'epochs');
});

test('a field says what is wrong without naming itself', () => {
  assert.is(atField('--epochs: Expected a whole number.'), 'Expected a whole number.');
  assert.is(atField(INVALID), 'Expected a whole number from 1 to 1000000000');
  assert.is(atField('--micro-batch 8 is more than --batch 4'), '--micro-batch 8 is more than --batch 4');
});

test('some are shown at once, of size and patch the chosen one, and the others are folded by their groups', () => {
  const { first, folded } = groupsOf(options);
  assert.equal(
    first.map(({ name }) => name),
    ['epochs', 'patch'],
  );
  assert.equal(
    folded.map(({ title, options: of }) => [title, ...of.map(({ name }) => name)]),
    [
      ['Training', 'microBatch'],
      ['Data', 'size'],
      ['In general', 'recipe'],
    ],
  );
});

test.run();
