/**
 * Distances between the outlines of two masks. The surface of a mask is the set of its pixels with a 4-neighbour outside
 * of it, pixels at the image's edge included (`surface`); d(a, B) is the distance from the centre of pixel a to the
 * nearest one of surface B. Implementations differ in each of these choices (G. Podobnik and T. Vrtovec, "Understanding
 * implementation pitfalls of distance-based metrics for image segmentation", arXiv:2410.02630); ours are those of
 * "Metrics reloaded" (L. Maier-Hein, A. Reinke et al., Nature Methods 21, 2024):
 *
 *     HD95  the larger of the 95th percentiles of d(a, B) over A, and of d(b, A) over B. MedPy takes one percentile of
 *           both lists together, which is never larger. Percentiles are interpolated linearly, as by NumPy.
 *     ASSD  the mean of both lists together. MedPy takes the mean of their two means.
 */

import { percentile } from '../base/statistics.js';
import { squaredDistances } from '../image/distance.js';
import type { Image, Spacing } from '../image/image.js';
import { surface } from '../image/surface.js';

/** Distances in the unit of the spacing. */
export interface SurfaceDistances {
  /** The 95th percentile of the Hausdorff distance. */
  readonly hd95: number;
  /** The average symmetric surface distance. */
  readonly assd: number;
}

const PERCENTILE = 0.95;

/**
 * Measures the distances between the surfaces of class `label` in two masks of one size. For empty masks see
 * `overlap.ts`.
 * @returns null where one of them is empty and the other is not
 */
export function surfaceDistances(
  predicted: Image<Uint8Array>,
  actual: Image<Uint8Array>,
  label: number,
  spacing?: Spacing,
): SurfaceDistances | null {
  const isInside = (value: number) => value === label;
  const [p, t] = [surface(predicted, isInside), surface(actual, isInside)];
  const [isPredicted, isActual] = [p.includes(1), t.includes(1)];
  if (!isPredicted && !isActual) return { hd95: 0, assd: 0 };
  if (!isPredicted || !isActual) return null;
  const { width, height } = actual;
  const toActual = along(p, squaredDistances(t, width, height, spacing));
  const toPredicted = along(t, squaredDistances(p, width, height, spacing));
  return {
    hd95: Math.max(percentile(toActual, PERCENTILE), percentile(toPredicted, PERCENTILE)),
    assd: (sum(toActual) + sum(toPredicted)) / (toActual.length + toPredicted.length),
  };
}

/** The distances at the pixels of a surface, ascending. */
function along(edge: Uint8Array, squared: Float64Array): Float64Array {
  return squared
    .filter((_, i) => edge[i] === 1)
    .map(Math.sqrt)
    .sort();
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
