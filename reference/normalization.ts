/** Moments and normalisation by them: what batch, instance and group norm have in common. */
import type { NormGeometry } from '../src/ops/normalization.js';
import type { Kernel } from './kernel.js';

/** (x) -> mean, variance, [S,G] each. Two passes: the mean first, then the squared distances from it. */
export const moments: Kernel<NormGeometry> = (g, [x], [mean, variance]) => {
  const count = groupSize(g);
  mean.set(sumsOf(g, (i) => x[i]).map((sum) => sum / count));
  variance.set(sumsOf(g, (i, group) => (x[i] - mean[group]) ** 2).map((sum) => sum / count));
};

/**
 * (x, mean, dmean, dvariance) -> dx. The variance depends on x through the mean as well, but that part vanishes: the
 * distances from the mean sum to zero.
 */
export const momentsGrad: Kernel<NormGeometry> = (g, [x, mean, dmean, dvariance], [dx]) => {
  const count = groupSize(g);
  forEachElement(g, (i, group) => {
    dx[i] = (dmean[group] + 2 * dvariance[group] * (x[i] - mean[group])) / count;
  });
};

/** (x, mean, variance, gamma, beta) -> gamma (x - mean) / sqrt(variance + epsilon) + beta. */
export const normalize: Kernel<NormGeometry> = (g, [x, mean, variance, gamma, beta], [y]) => {
  forEachElement(g, (i, group, c) => {
    y[i] = (gamma[c] * (x[i] - mean[group])) / Math.sqrt(variance[group] + g.epsilon) + beta[c];
  });
};

/** (dy, x, mean, variance, gamma) -> dx, dmean, dvariance, dgamma, dbeta. */
export const normalizeGrad: Kernel<NormGeometry> = (g, inputs, [dx, dmean, dvariance, dgamma, dbeta]) => {
  const [dy, x, mean, variance, gamma] = inputs;
  const inverse = (group: number): number => 1 / Math.sqrt(variance[group] + g.epsilon);
  forEachElement(g, (i, group, c) => {
    dx[i] = dy[i] * gamma[c] * inverse(group);
  });
  dmean.set(sumsOf(g, (i, group, c) => -dy[i] * gamma[c] * inverse(group)));
  dvariance.set(sumsOf(g, (i, group, c) => -0.5 * dy[i] * gamma[c] * (x[i] - mean[group]) * inverse(group) ** 3));

  const scales = new Float64Array(g.channels);
  const shifts = new Float64Array(g.channels);
  forEachElement(g, (i, group, c) => {
    scales[c] += dy[i] * (x[i] - mean[group]) * inverse(group);
    shifts[c] += dy[i];
  });
  dgamma.set(scales);
  dbeta.set(shifts);
};

/** Element `i` of the activation is of channel `c` and belongs to statistics group `group`. */
type Visit<T> = (i: number, group: number, c: number) => T;

function forEachElement(g: NormGeometry, visit: Visit<void>): void {
  const channelsPerGroup = g.channels / g.groups;
  let i = 0;
  for (let n = 0; n < g.batch; n++) {
    const firstGroup = g.perImage ? n * g.groups : 0;
    for (let position = 0; position < g.positions; position++) {
      for (let c = 0; c < g.channels; c++) visit(i++, firstGroup + Math.floor(c / channelsPerGroup), c);
    }
  }
}

/** The sum of `term` over each statistics group. */
function sumsOf(g: NormGeometry, term: Visit<number>): Float64Array {
  const sums = new Float64Array(g.groups * (g.perImage ? g.batch : 1));
  forEachElement(g, (i, group, c) => {
    sums[group] += term(i, group, c);
  });
  return sums;
}

/** Elements of a statistics group. */
function groupSize(g: NormGeometry): number {
  return (g.positions * g.channels * (g.perImage ? 1 : g.batch)) / g.groups;
}
