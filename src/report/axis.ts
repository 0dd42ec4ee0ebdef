/** A labelled value of an axis, see `ticksWithin`. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** The ticks in [low, high], `count` intervals or fewer; `least` is the smallest step, 1, 2 or 5 times a power of ten. */
export function ticksWithin(low: number, high: number, count: number, least = LEAST_STEP): Tick[] {
  const step = tickStep(high - low, count, least);
  return tickRange(Math.ceil(low / step.size - SLACK), Math.floor(high / step.size + SLACK), step);
}

/** The ticks that enclose all of `values`: the first is at or below the least, the last at or above the greatest; for none, 0 to 1. */
export function ticksAround(values: readonly number[], count: number): Tick[] {
  const low = values.reduce((a, b) => Math.min(a, b), values[0] ?? 0);
  const high = values.reduce((a, b) => Math.max(a, b), values[0] ?? 1);
  // A single value is no measure of its own scale.
  const step = tickStep(high - low, count, high > low ? LEAST_STEP : 0.01);
  const first = Math.floor(low / step.size + SLACK);
  const last = Math.ceil(high / step.size - SLACK);
  return tickRange(first, Math.max(last, first + 1), step);
}

interface Step {
  readonly size: number;
  readonly decimals: number;
}

const LEAST_STEP = 1e-5;
/** By how much, in steps, rounding may move a value away from the tick on which it lies. */
const SLACK = 1e-9;

/** The smallest of 1, 2, 5 times a power of ten, `least` or more, that divides `span` into `count` intervals or fewer. */
function tickStep(span: number, count: number, least: number): Step {
  for (let exponent = -5; ; exponent++) {
    for (const digit of [1, 2, 5]) {
      // Read as text, because 10 ** -3 is not the number 0.001 on every engine.
      const size = Number(`${digit}e${exponent}`);
      if (size >= least && span / size <= count + SLACK) return { size, decimals: Math.max(0, -exponent) };
    }
  }
}

function tickRange(first: number, last: number, { size, decimals }: Step): Tick[] {
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const text = ((first + i) * size).toFixed(decimals);
    const value = Number(text);
    return { value, label: size >= 1e4 && value !== 0 ? value.toExponential() : text };
  });
}
