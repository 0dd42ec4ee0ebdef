/** Charts: points, ticks and labels at their places. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Curve, plotOf } from '../../src/report/curve-plot.js';

// Lines from x = 36 to 336 and from y = 8 down to 208.
const SIZE = { width: 436, height: 232, right: 100 };
const curve = (label: string, ...points: [number, number][]): Curve => ({ label, style: label, points });

test('points lie by the axes', () => {
  const { lines, xTicks, yTicks } = plotOf([curve('a', [1, 0], [2, 0.5], [4, 1])], SIZE, [0, 4], []);
  assert.is(lines[0]!.path, 'M111.0,208.0 L186.0,108.0 L336.0,8.0');
  assert.equal(lines[0]!.end, { x: 336, y: 8, labelY: 8, value: 1 });
  assert.equal(
    xTicks,
    [0, 1, 2, 3, 4].map((epoch) => ({ at: 36 + 75 * epoch, label: String(epoch) })),
  );
  assert.equal(
    yTicks.map(({ label }) => label),
    ['0.0', '0.5', '1.0'],
  );
});

test('values that cannot be drawn are left out', () => {
  const { lines } = plotOf([curve('a', [1, 0], [2, Number.NaN], [3, 1e31], [4, 1]), curve('b')], SIZE, [0, 4], []);
  assert.is(lines[0]!.path, 'M111.0,208.0 L336.0,8.0');
  assert.is(lines[1]!.path, '');
  assert.is(lines[1]!.end, undefined);
});

test('labels are 15 pixels apart, in the order of their lines, inside the chart', () => {
  const flat = (label: string, y: number) => curve(label, [0, 0], [4, y]);
  const { lines } = plotOf(
    [flat('a', 0.5), flat('b', 0.51), flat('c', 1), flat('d', 0), flat('', 0.5)],
    SIZE,
    [0, 4],
    [],
  );
  assert.equal(
    lines.slice(0, 4).map(({ end }) => end!.labelY),
    [121, 106, 8, 208],
  );
  const low = plotOf([flat('a', 0), flat('b', 0), flat('c', 1)], SIZE, [0, 4], []).lines;
  assert.equal(
    low.map(({ end }) => end!.labelY),
    [193, 208, 8],
  );
});

test('without a point there is an empty chart', () => {
  const { lines, yTicks } = plotOf([curve('a')], SIZE, [0, 1], [0]);
  assert.is(lines[0]!.path, '');
  assert.equal(yTicks.map(({ label }) => label).at(-1), '1.0');
});

test.run();
