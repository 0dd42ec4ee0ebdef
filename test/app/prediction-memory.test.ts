/** What predicting a stack takes beside what one slice of it takes: the results that wait for the last slice. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requireForPrediction } from '../../src/app/memory.js';
import type { ResultOptions } from '../../src/app/prediction/results.js';
import { createModel } from '../../src/index.js';

const members = [{ model: createModel({ filters: [2, 4], classes: 3 }), mode: 'L1' as const }];
const need = (slices: number, results: ResultOptions = {}) =>
  requireForPrediction(
    members,
    { tiling: 'auto', tta: 'none', ...results },
    { path: 'scan', width: 20, height: 12, slices },
  ).bytes;

test('masks of all slices are held, and their probabilities where they are written', () => {
  const one = need(1);
  assert.is(need(1, { saveProbs: true }), one);
  assert.is(need(50) - one, 50 * 20 * 12);
  assert.is(need(50, { saveProbs: true }) - one, 50 * 20 * 12 * (1 + 3 * 4));
  assert.is(need(50, { saveProbs: true, format: 'png' }), one, 'each picture is written at once');
});

test('a stack whose results do not fit is refused, with what helps', () => {
  const advice = 'make it smaller, or write a picture for each slice with --format png';
  const refused = (error: Error) =>
    /^scan: a stack of 1000000000000 slices of 20x12 pixels needs [\d,.]+ GB of memory, /.test(error.message) &&
    error.message.endsWith(`are free; ${advice}`);
  assert.throws(() => need(1e12), refused);
});

test.run();
