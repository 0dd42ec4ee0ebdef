/** Line charts: title, ticks, grid, curves and legend, drawn on a canvas. */
import type { Tick } from './axis.js';
import type { Canvas, Point } from './canvas.js';
import { type Colour, DIM, GRID, TEXT } from './colours.js';
import { CAPITAL_HEIGHT, textWidth } from './font.js';

export interface Series {
  readonly label: string;
  readonly colour: Colour;
  /** The x and y of each point; a y that is not finite leaves a gap. */
  readonly points: readonly Point[];
}

export interface Chart {
  readonly title: string;
  /** A remark on the right of the title. */
  readonly note: string;
  readonly xTitle: string;
  readonly xTicks: readonly Tick[];
  /** The x of the left and the right edge. */
  readonly xRange: readonly [number, number];
  /** The ticks of the y axis, from the lower to the upper edge. */
  readonly yTicks: readonly Tick[];
  readonly series: readonly Series[];
}

/** A rectangle in pixels of the picture. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const TEXT_SCALE = 2;
const LINE = CAPITAL_HEIGHT * TEXT_SCALE;
const GAP = 10;
const DOT = 8;

/** Draws a line chart into `box`: title and note, the plot with its grid and ticks, and below it the legend. */
export function drawChart(canvas: Canvas, box: Box, chart: Chart): void {
  const labelWidth = Math.max(...chart.yTicks.map(({ label }) => textWidth(label) * TEXT_SCALE));
  const right = box.left + box.width;
  const plot = {
    left: box.left + labelWidth + GAP,
    top: box.top + LINE + 2 * GAP,
    width: box.width - labelWidth - GAP,
    height: box.height - 3 * LINE - 4 * GAP,
  };
  const bottom = plot.top + plot.height;
  const [xLow, xHigh] = chart.xRange;
  const yLow = chart.yTicks[0]!.value;
  const yHigh = chart.yTicks.at(-1)!.value;
  const x = (value: number) => plot.left + (plot.width * (value - xLow)) / (xHigh - xLow);
  const y = (value: number) => bottom - (plot.height * (value - yLow)) / (yHigh - yLow);

  canvas.text(chart.title, box.left, box.top, { colour: TEXT });
  canvas.text(chart.note, right, box.top, { colour: DIM, align: 'right' });
  for (const { value, label } of chart.yTicks) {
    canvas.fill(plot.left, Math.round(y(value)), plot.width, 1, GRID);
    canvas.text(label, plot.left - GAP, Math.round(y(value)) - LINE / 2, { colour: DIM, align: 'right' });
  }
  for (const { value, label } of chart.xTicks) {
    canvas.fill(Math.round(x(value)), bottom, 1, GAP / 2, DIM);
    canvas.text(label, Math.round(x(value)), bottom + GAP, { colour: DIM, align: 'centre' });
  }
  canvas.fill(plot.left, bottom, plot.width, 1, DIM);
  canvas.text(chart.xTitle, right, bottom + LINE + 2 * GAP, { colour: DIM, align: 'right' });

  let legendX = plot.left;
  for (const { label, colour, points } of chart.series) {
    const drawn = points.map(([px, py]): Point => [x(px), y(py)]);
    for (const run of finiteRuns(drawn)) canvas.line(run, colour);
    const end = drawn.findLast(isFinitePoint);
    if (end) canvas.line([end], colour, DOT);
    const legendY = bottom + LINE + 2 * GAP;
    canvas.line(
      [
        [legendX, legendY + LINE / 2],
        [legendX + 2 * GAP, legendY + LINE / 2],
      ],
      colour,
    );
    canvas.text(label, legendX + 3 * GAP, legendY, { colour: TEXT });
    legendX += 3 * GAP + textWidth(label) * TEXT_SCALE + 2 * GAP;
  }
}

function isFinitePoint(point: Point): boolean {
  return point.every(Number.isFinite);
}

/** The stretches of `points` without a gap. */
function finiteRuns(points: readonly Point[]): Point[][] {
  const runs: Point[][] = [[]];
  for (const point of points) {
    if (isFinitePoint(point)) runs.at(-1)!.push(point);
    else if (runs.at(-1)!.length > 0) runs.push([]);
  }
  return runs;
}
