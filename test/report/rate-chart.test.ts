/** The picture of a learning rate range test. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BLUE, DIM, GREEN } from '../../src/report/colours.js';
import { rateChart, type TestedRate } from '../../src/report/rate-chart.js';

/** The columns of the picture in which a colour is, within the plot. */
function columnsOf({ width, data }: ReturnType<typeof rateChart>, colour: readonly number[]): number[] {
  const columns = new Set<number>();
  for (let i = 60 * width; i < 380 * width; i++) {
    if (colour.every((value, c) => data[3 * i + c] === value)) columns.add(i % width);
  }
  return [...columns].sort((a, b) => a - b);
}

const rising = (last: number): TestedRate[] =>
  Array.from({ length: 61 }, (_, k) => {
    const loss = 1 - k / 100;
    return { learningRate: 10 ** (-6 + k / 10), loss: k === 60 ? last : loss + 0.05, smoothed: loss };
  });

test('the rates are on a logarithmic axis, the suggested one is an upright line', () => {
  const picture = rateChart(rising(0.4), 1e-3);
  assert.equal([picture.width, picture.height], [860, 460]);
  const upright = columnsOf(picture, GREEN);
  const curve = columnsOf(picture, BLUE);
  const [left, right] = [curve[0]!, curve.at(-1)!];
  assert.ok(right - left > 700, `${left} to ${right}`);
  const middle = (upright[0]! + upright.at(-1)!) / 2;
  assert.ok(Math.abs(middle - (left + right) / 2) < 8, `1e-3 is half way, not at ${middle} of ${left} to ${right}`);
});

test('no suggestion, no line; what is not finite or far above is left out', () => {
  assert.equal(columnsOf(rateChart(rising(0.4)), GREEN), []);
  const whole = columnsOf(rateChart(rising(0.4)), DIM);
  for (const last of [Number.NaN, Number.POSITIVE_INFINITY, 50]) {
    assert.ok(columnsOf(rateChart(rising(last)), DIM).at(-1)! < whole.at(-1)!, `${last}`);
  }
});

test('a test that ends at once can be drawn', () => {
  const [first] = rising(0);
  assert.is(rateChart([{ ...first!, loss: Number.NaN, smoothed: Number.NaN }]).width, 860);
});

test.run();
