/** Where the lines of a chart lie: ticks, paths, and labels at the ends of the lines that do not cover each other. */
import { type Tick, ticksAround, ticksWithin } from './axis.js';

export interface Curve {
  readonly label: string;
  /** Names its style. */
  readonly style: string;
  /** The x and y of each point; a y that is not finite leaves a gap. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** The drawing in pixels, and what is left of it for the lines. */
export interface PlotSize {
  readonly width: number;
  readonly height: number;
  /** The room for labels on the right. */
  readonly right: number;
}

export interface PlacedTick {
  readonly at: number;
  readonly label: string;
}

export interface Line {
  readonly label: string;
  readonly style: string;
  /** As SVG writes it. */
  readonly path: string;
  /** The last point; undefined where there is none. */
  readonly end: { readonly x: number; readonly y: number; readonly labelY: number; readonly value: number } | undefined;
}

export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly xTicks: readonly PlacedTick[];
  readonly yTicks: readonly PlacedTick[];
  readonly lines: readonly Line[];
}

const TOP = 8;
const BOTTOM = 24;
const LEFT = 36;
/** The least distance of two labels. */
const LABEL_HEIGHT = 15;
/** A loss beyond it has diverged; drawn to scale, it would leave nothing of the others. */
const LARGEST = 1e30;

/**
 * Lays a chart out from x = `xLow` to `xHigh`; `include` are values that the y axis shows in any case. A line goes on to the
 * first point on either side, to be clipped.
 */
export function plotOf(
  curves: readonly Curve[],
  size: PlotSize,
  [xLow, xHigh]: readonly [low: number, high: number],
  include: readonly number[],
): Plot {
  const [left, right, bottom] = [LEFT, size.width - size.right, size.height - BOTTOM];
  const drawable = curves.map((curve) => ({
    ...curve,
    points: curve.points.filter(([, y]) => Math.abs(y) <= LARGEST),
  }));
  const isShown = ([x]: Curve['points'][number]) => x >= xLow && x <= xHigh;
  const values = drawable.flatMap(({ points }) => points.filter(isShown).map(([, y]) => y));
  const yTicks = ticksAround(values.length > 0 ? [...values, ...include] : [], 4);
  const [low, high] = [yTicks[0]!.value, yTicks.at(-1)!.value];
  const x = (value: number) => left + ((right - left) * (value - xLow)) / (xHigh - xLow);
  const y = (value: number) => bottom - ((bottom - TOP) * (value - low)) / (high - low);
  const lines = drawable.map(({ label, style, points }) => {
    const last = points.findLast(isShown);
    const end = last && { x: x(last[0]), y: y(last[1]), labelY: y(last[1]), value: last[1] };
    return { label, style, path: pathThrough(around(points, isShown).map(([a, b]) => [x(a), y(b)])), end };
  });
  const place = (ticks: readonly Tick[], at: (value: number) => number) =>
    ticks.map(({ value, label }) => ({ at: at(value), label }));
  const xTicks = place(ticksWithin(xLow, xHigh, Math.max(2, Math.floor((right - left) / 60)), 1), x);
  return { left, right, bottom, xTicks, yTicks: place(yTicks, y), lines: withoutOverlap(lines, TOP, bottom) };
}

/** The points that are shown, and one more on either side; points go from left to right. */
function around(points: Curve['points'], isShown: (point: Curve['points'][number]) => boolean): Curve['points'] {
  const [first, last] = [points.findIndex(isShown), points.findLastIndex(isShown)];
  return first < 0 ? [] : points.slice(Math.max(0, first - 1), last + 2);
}

function pathThrough(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], k) => `${k === 0 ? 'M' : 'L'}${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
}

/** Moves labels apart: down from the highest, and up again where they would leave the chart. */
function withoutOverlap(lines: readonly Line[], top: number, bottom: number): Line[] {
  const labelled = lines.filter(({ label, end }) => label !== '' && end).sort((a, b) => a.end!.y - b.end!.y);
  const places: number[] = [];
  for (const { end } of labelled) places.push(Math.max(end!.y, top, (places.at(-1) ?? -LABEL_HEIGHT) + LABEL_HEIGHT));
  for (let k = places.length - 1, limit = bottom; k >= 0; k--, limit = places[k + 1]! - LABEL_HEIGHT) {
    places[k] = Math.min(places[k]!, limit);
  }
  return lines.map((line) => {
    const k = labelled.indexOf(line);
    return k < 0 ? line : { ...line, end: { ...line.end!, labelY: places[k]! } };
  });
}
