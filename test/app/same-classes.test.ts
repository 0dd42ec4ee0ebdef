/** Whether models and data mean the same by the numbers of classes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requireSameClasses } from '../../src/app/evaluation/same-classes.js';
import { createBackend, createModel } from '../../src/index.js';

const backend = createBackend();

function check(known: readonly string[], classNames: readonly string[]): string {
  const classes = known.length === 1 ? 1 : known.length + 1;
  const model = createModel({ filters: [2, 4], classes }, { backend });
  model.adopt({ ...model.card, classNames: known });
  try {
    requireSameClasses([{ file: 'model', model }], { source: 'data', classNames });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('one class may be called anything, several are compared by their names and their order', () => {
  assert.is(check(['nucleus'], ['cell']), '');
  assert.is(check(['core', 'rim'], ['core', 'rim']), '');
  assert.is(check(['core', 'rim'], ['core', 'rim', 'edge']), '', 'another number has an error of its own');
  const has = 'data has the classes';
  const order = `${has} ["rim","core"], model ["core","rim"]; give its classes the order of the model's`;
  assert.is(check(['core', 'rim'], ['rim', 'core']), order);
  const names = `${has} ["core","edge"], model ["core","rim"]; give its classes the names of the model's`;
  assert.is(check(['core', 'rim'], ['core', 'edge']), names);
});

test.run();
