/** A picture of a run: for each thread a line with its chunks over time, in the colour of their kernel; gaps are waits. */
import type { StepRecord } from './record.js';

const WIDTH = 1600;
const MARGIN = 80;
const LANE = 36;
const BAR = 28;
const TOP = 60;
/** The distances of ticks in milliseconds, and how many there are at most. */
const TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
const MOST_TICKS = 20;

/** Told apart by those who see few colours. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#f0e442', '#999999'];

/** Draws a run as SVG. @param title the line above it */
export function drawTimeline(steps: readonly StepRecord[], threads: number, title: string): string {
  const start = steps[0]!.begin;
  const total = steps.at(-1)!.end - start;
  const kernels = [...new Set(steps.map(({ name }) => name))];
  const colourOf = (name: string) => COLOURS[kernels.indexOf(name) % COLOURS.length]!;
  const x = (ms: number) => MARGIN + ((ms - start) / total) * (WIDTH - 2 * MARGIN);
  const y = (thread: number) => TOP + LANE * thread;
  const bottom = y(threads);

  const openings = steps.map(({ begin }) => line(x(begin), TOP - 4, bottom, '#ddd'));
  const bars = steps.flatMap(({ name, layer, chunks }) => {
    return chunks.map(({ thread, begin, end }) => {
      const says = `${name} ${layer}: ${(end - begin).toFixed(3)} ms from ${(begin - start).toFixed(3)} ms on`;
      const place = `x="${x(begin).toFixed(2)}" y="${y(thread)}" width="${(x(end) - x(begin)).toFixed(2)}" height="${BAR}"`;
      return `<rect ${place} fill="${colourOf(name)}" stroke="#fff" stroke-width="0.3"><title>${escaped(says)}</title></rect>`;
    });
  });
  const names = Array.from({ length: threads }, (_, k) => text(8, y(k) + BAR / 2 + 4, `thread ${k + 1}`));
  const tick = TICKS.find((ms) => total / ms <= MOST_TICKS) ?? total;
  const ticks = Array.from({ length: Math.floor(total / tick) + 1 }, (_, k) => {
    const at = x(start + k * tick);
    return `${line(at, bottom, bottom + 6, '#000')}${text(at - 6, bottom + 20, `${k * tick} ms`)}`;
  });
  const legend = kernels.map((name, k) => {
    const left = MARGIN + k * 240;
    return `<rect x="${left}" y="${bottom + 36}" width="14" height="14" fill="${colourOf(name)}"/>${text(left + 20, bottom + 48, name)}`;
  });
  const height = bottom + 64;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text(MARGIN, 28, title),
    ...openings,
    ...bars,
    ...names,
    ...ticks,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}

function text(x: number, y: number, value: string): string {
  return `<text x="${x.toFixed(1)}" y="${y}">${escaped(value)}</text>`;
}

function line(x: number, top: number, bottom: number, colour: string): string {
  return `<line x1="${x.toFixed(2)}" y1="${top}" x2="${x.toFixed(2)}" y2="${bottom}" stroke="${colour}"/>`;
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
