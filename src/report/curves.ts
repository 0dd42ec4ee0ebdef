/** The learning curves that a training run draws. */
import type { Image } from '../image/image.js';
import { ticksAround, ticksWithin } from './axis.js';
import { Canvas, type Point } from './canvas.js';
import { type Chart, drawChart, type Series } from './chart.js';
import { BACKGROUND, BLUE, ORANGE, PALETTE } from './colours.js';

export interface Epoch {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly validationLoss: number;
  /** The Dice of each head, `{ L1: 0.81, … }`, in the order of the legend. */
  readonly dice: Readonly<Record<string, number>>;
}

const WIDTH = 1240;
const HEIGHT = 460;
const MARGIN = 28;
const BETWEEN = 48;
const X_INTERVALS = 8;
const Y_INTERVALS = 6;
/** A loss beyond it has diverged; drawn to scale, it would leave nothing of the others. */
const LARGEST = 1e30;

/**
 * Draws two charts over the epochs, 1240x460 pixels: training and validation loss on the left, the Dice of every head on
 * the right. Values that are not finite leave a gap.
 */
export function learningCurves(epochs: readonly Epoch[]): Image<Uint8Array> {
  const canvas = new Canvas(WIDTH, HEIGHT, BACKGROUND);
  const series = (label: string, index: number, value: (epoch: Epoch) => number | undefined): Series => ({
    label,
    colour: PALETTE[index % PALETTE.length]!,
    points: epochs.map((epoch): Point => [epoch.epoch, drawable(value(epoch))]),
  });
  const heads = [...new Set(epochs.flatMap(({ dice }) => Object.keys(dice)))];
  const dice = heads.map((head, i) => series(head, i, (epoch) => epoch.dice[head]));
  const losses = [
    { ...series('training', 0, (epoch) => epoch.trainLoss), colour: BLUE },
    { ...series('validation', 1, (epoch) => epoch.validationLoss), colour: ORANGE },
  ];
  const box = { left: MARGIN, top: MARGIN, width: (WIDTH - 2 * MARGIN - BETWEEN) / 2, height: HEIGHT - 2 * MARGIN };
  drawChart(canvas, box, {
    ...chartOf(epochs, losses, [0]),
    title: 'Loss',
    note: best(losses.slice(1), -1, () => 'lowest validation'),
  });
  drawChart(
    canvas,
    { ...box, left: MARGIN + box.width + BETWEEN },
    { ...chartOf(epochs, dice, []), title: 'Validation Dice', note: best(dice, 1, (head) => `best ${head}`) },
  );
  return { width: WIDTH, height: HEIGHT, channels: 3, data: canvas.data };
}

function drawable(value: number | undefined): number {
  return value !== undefined && Math.abs(value) <= LARGEST ? value : Number.NaN;
}

/** The axes for `series`; `include` are values that the y axis shows in any case. */
function chartOf(epochs: readonly Epoch[], series: readonly Series[], include: readonly number[]) {
  const first = epochs[0]?.epoch ?? 0;
  const last = epochs.at(-1)?.epoch ?? 1;
  // A single epoch is drawn in the middle.
  const xRange: Chart['xRange'] = first < last ? [first, last] : [first - 1, first + 1];
  const values = series.flatMap(({ points }) => points.map(([, y]) => y)).filter(Number.isFinite);
  return {
    series,
    xTitle: 'epoch',
    xRange,
    xTicks: ticksWithin(first, last, X_INTERVALS, 1),
    yTicks: ticksAround(values.length > 0 ? [...values, ...include] : [], Y_INTERVALS),
  };
}

/** `NAME VALUE, epoch N` of the greatest value times `sign`; empty if there is none. */
function best(series: readonly Series[], sign: 1 | -1, name: (label: string) => string): string {
  const all = series.flatMap(({ label, points }) => points.map(([epoch, value]) => ({ label, epoch, value })));
  const top = all.filter(({ value }) => Number.isFinite(value)).sort((a, b) => sign * (b.value - a.value))[0];
  return top ? `${name(top.label)} ${top.value.toFixed(3)}, epoch ${top.epoch}` : '';
}
