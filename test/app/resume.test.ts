/** Resuming a run: options that were changed are refused by their names. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trainTable } from '../../src/app/options/train-options.js';
import { compareOptions } from '../../src/app/runs/resume.js';
import { throwsInput } from '../support/throws.js';

const STORED = {
  learningRate: 0.0003,
  microBatch: 4,
  filters: [16, 32],
  deepSupervision: true,
  optimizer: 'adam',
  data: null,
  epochs: 8,
  nested: { a: [1, { b: 2 }], c: 'd' },
};
const BEGUN = 'the run in runs/x';
const ADVICE = 'leave it out, or start a new run';

const refused = (given: Record<string, unknown>, message: string) =>
  throwsInput(() => compareOptions(STORED, given, trainTable, BEGUN, ADVICE), `${message}; ${ADVICE}`);

test('the same values, values that may differ and options that are not given are taken', () => {
  compareOptions(STORED, {}, trainTable, BEGUN, ADVICE);
  compareOptions(STORED, STORED, trainTable, BEGUN, ADVICE);
  compareOptions(
    STORED,
    { epochs: 9, learningRate: 0.0003, optimizer: undefined, patience: 5 },
    trainTable,
    BEGUN,
    ADVICE,
  );
  compareOptions(STORED, { nested: { c: 'd', e: undefined, a: [1, { b: 2 }] } }, trainTable, BEGUN, ADVICE);
});

test('a changed option is named as on the command line, with both values', () => {
  refused({ learningRate: 0.001 }, '--lr is 0.001, but the run in runs/x was started with 0.0003');
  refused({ epochs: 9, microBatch: 2 }, '--micro-batch is 2, but the run in runs/x was started with 4');
  refused({ filters: [32, 16] }, '--filters is 32,16, but the run in runs/x was started with 16,32');
  refused({ filters: [16, 32, 64] }, '--filters is 16,32,64, but the run in runs/x was started with 16,32');
  refused({ deepSupervision: false }, '--deep-supervision is false, but the run in runs/x was started with true');
  refused({ optimizer: 'sgd' }, '--optimizer is sgd, but the run in runs/x was started with adam');
  refused({ microBatch: '4' }, '--micro-batch is 4, but the run in runs/x was started with 4');
  refused(
    { nested: { c: 'd', a: [1, { b: 3 }] } },
    '--nested is {"c":"d","a":[1,{"b":3}]}, but the run in runs/x was started with {"a":[1,{"b":2}],"c":"d"}',
  );
});

test('an option that the run was started without', () => {
  refused({ maxGradientNorm: 1 }, '--clip is 1, but the run in runs/x was started without it');
  refused({ emaDecay: 0.9 }, '--ema is 0.9, but the run in runs/x was started without it');
  refused({ optimizer: null }, '--optimizer is not given, but the run in runs/x was started with adam');
});

test('what was given stays as it was', () => {
  const given = { filters: [16, 32], patience: undefined };
  compareOptions(STORED, given, trainTable, BEGUN, ADVICE);
  assert.equal(Object.keys(given), ['filters', 'patience']);
});

test.run();
