/**
 * The gradient check: along a random direction h the slope of f is <gradient, h>, which central differences measure
 * with two evaluations, however many inputs there are (as in HIPS/autograd). The slope is measured in float64 on the
 * reference, whichever backend computes the gradient.
 */
import type { Backend } from '../../../src/backend/backend.js';
import { ReferenceBackend } from '../../../src/backend/reference.js';
import { type NdArray, run } from '../../../src/backend/run.js';
import { fold, Random, seedKey } from '../../../src/base/random.js';
import { gradients } from '../../../src/ops/index.js';
import { arraysOf, type Case, upstreamOf } from '../../../src/selftest/case.js';

/**
 * The step: the slope is off by about STEP^2 f''' and by 1e-16 f / STEP. For the values here both stay below 1e-6 of
 * the slope.
 */
const STEP = 3e-5;

/** How far <gradient, h> is from the measured slope, relative to the size of the products that it sums. */
export async function gradientError(c: Case, computing?: Backend): Promise<number> {
  const backend = new ReferenceBackend('float64');
  const arrays = arraysOf(c);
  const upstream = upstreamOf(c, (await run(backend, c.fn, ...arrays))[0]!.shape);
  const direction = arrays.map(({ data }, k) => {
    const random = new Random(fold(fold(seedKey(3), c.label), k));
    return Float64Array.from(data, () => (c.differentiable.includes(k) ? random.normal() : 0));
  });

  const valueAt = async (step: number): Promise<number> => {
    const moved = arrays.map(({ shape, data }, k): NdArray => {
      return { shape, data: Float64Array.from(data, (x, i) => x + step * direction[k]![i]!) };
    });
    const [y] = await run(backend, (...xs) => [c.fn(...xs)[0]!], ...moved);
    return dot(y!.data, upstream.data);
  };
  const slope = ((await valueAt(STEP)) - (await valueAt(-STEP))) / (2 * STEP);

  const computed = await run(
    computing ?? backend,
    (dy, ...xs) =>
      gradients(
        c.fn(...xs)[0]!,
        c.differentiable.map((k) => xs[k]!),
        dy!,
      ),
    upstream,
    ...arrays,
  );
  let sum = 0;
  let squares = 0;
  for (const [at, { data }] of computed.entries()) {
    const h = direction[c.differentiable[at]!]!;
    sum += dot(data, h);
    squares += dot(
      data.map((g) => g ** 2),
      h.map((x) => x ** 2),
    );
  }
  // Where all gradients are exactly 0, as behind a dead ReLU, so must the slope be.
  return sum === slope ? 0 : Math.abs(sum - slope) / Math.sqrt(squares);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
