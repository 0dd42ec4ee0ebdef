/** BioImage.IO's steps, computed from what a description says of them: all axes of one image together, in float64. */
import { InputError } from '../../base/errors.js';
import { percentile } from '../../base/statistics.js';
import type { Step } from './description.js';

type Arguments = Readonly<Record<string, number>>;

const STEPS: Readonly<Record<string, (x: Float64Array, kwargs: Arguments) => Float64Array>> = {
  scale_linear: (x, { gain = 1, offset = 0 }) => x.map((value) => value * gain + offset),
  clip: (x, { min = -Infinity, max = Infinity }) => x.map((value) => Math.min(max, Math.max(min, value))),
  scale_range(x, { min_percentile = 0, max_percentile = 100, eps = 1e-6 }) {
    const sorted = x.slice().sort();
    const [low, high] = [percentile(sorted, min_percentile / 100), percentile(sorted, max_percentile / 100)];
    return x.map((value) => (value - low) / (high - low + eps));
  },
  zero_mean_unit_variance(x, { eps = 1e-6 }) {
    const centre = mean(x);
    const deviation = Math.sqrt(mean(x.map((value) => (value - centre) ** 2)));
    return x.map((value) => (value - centre) / (deviation + eps));
  },
  binarize: (x, { threshold }) => x.map((value) => Number(value > threshold!)),
  // What is cast here are values that the type holds.
  ensure_dtype: (x) => x,
};

function mean(x: Float64Array): number {
  return x.reduce((sum, value) => sum + value, 0) / x.length;
}

export function isStep({ id }: Step): boolean {
  return Object.hasOwn(STEPS, id);
}

/** The values of one image after some steps. @throws InputError for a step that is not known here */
export function runSteps(values: ArrayLike<number>, steps: readonly Step[]): Float64Array {
  return steps.reduce<Float64Array>((x, step) => {
    if (!isStep(step)) throw new InputError(`bioimage: the step ${step.id} is not known here`);
    return STEPS[step.id]!(x, step.kwargs as Arguments);
  }, Float64Array.from(values));
}
