/** The picture of a learning rate range test. */
import { naturalLog } from '../base/math.js';
import type { Image } from '../image/image.js';
import { ticksAround, ticksWithin } from './axis.js';
import { Canvas, type Point } from './canvas.js';
import { drawChart, type Series } from './chart.js';
import { BACKGROUND, BLUE, DIM, GREEN } from './colours.js';

export interface TestedRate {
  readonly learningRate: number;
  readonly loss: number;
  readonly smoothed: number;
}

const WIDTH = 860;
const HEIGHT = 460;
const MARGIN = 28;
const Y_INTERVALS = 6;
/** How far above the highest smoothed loss single ones are drawn. */
const HEADROOM = 1.25;
/** The most powers of ten that have a tick. */
const POWERS = 12;

/**
 * Draws the loss over the learning rate, 860x460 pixels, with a logarithmic axis of rates: each step's loss, the smoothed
 * one, and an upright line at the suggested rate. What is not finite leaves a gap, and so does what
 * is far above the smoothed losses.
 */
export function rateChart(points: readonly TestedRate[], suggestion?: number): Image<Uint8Array> {
  const canvas = new Canvas(WIDTH, HEIGHT, BACKGROUND);
  const smoothed = points.map((point) => point.smoothed).filter(Number.isFinite);
  const highest = HEADROOM * smoothed.reduce((a, b) => Math.max(a, b), 0);
  const drawable = (loss: number) => (loss <= highest ? loss : Number.NaN);
  const yTicks = ticksAround(
    [...smoothed, ...points.map(({ loss }) => loss).filter((loss) => loss <= highest)],
    Y_INTERVALS,
  );
  const line = (label: string, value: (point: TestedRate) => number, colour: Series['colour']): Series => ({
    label,
    colour,
    points: points.map((point): Point => [log10(point.learningRate), drawable(value(point))]),
  });
  const upright = (rate: number): Series => ({
    label: `suggested ${rate}`,
    colour: GREEN,
    points: [yTicks.at(-1)!, yTicks[0]!].map(({ value }): Point => [log10(rate), value]),
  });
  const [from, to] = [points[0]!, points.at(-1)!].map(({ learningRate }) => log10(learningRate)) as [number, number];
  // A test that ended at once is drawn over one power of ten.
  const xRange = [from, Math.max(to, from + 1)] as const;
  drawChart(
    canvas,
    { left: MARGIN, top: MARGIN, width: WIDTH - 2 * MARGIN, height: HEIGHT - 2 * MARGIN },
    {
      title: 'Loss by learning rate',
      note: suggestion === undefined ? 'the loss did not fall' : '',
      xTitle: 'learning rate',
      xRange,
      xTicks: ticksWithin(...xRange, POWERS, 1).map(({ value }) => ({
        value,
        label: value === 0 ? '1' : `1e${value}`,
      })),
      yTicks,
      series: [
        line('each step', ({ loss }) => loss, DIM),
        line('smoothed', (point) => point.smoothed, BLUE),
        ...(suggestion === undefined ? [] : [upright(suggestion)]),
      ],
    },
  );
  return { width: WIDTH, height: HEIGHT, channels: 3, data: canvas.data };
}

function log10(value: number): number {
  return naturalLog(value) / Math.LN10;
}
