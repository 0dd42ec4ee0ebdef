/**
 * Batch, instance and group normalisation. A set is what has statistics of its own: an image or the whole batch. Its
 * pixels are taken `repeat` at a time as one wide row of `width` = channels x repeat elements, a multiple of 8, so that
 * no number of channels leaves a tail. Sums over rows are kept for each element of a wide row, in float64, and put
 * together by channel and by group at the end.
 */
import { addElements, addSquares, affine, scaleAndAdd } from './rows';

/**
 * mean and variance [sets, groups] of x [sets, pixels, channels]: the mean first, then the squares of the distances
 * from it.
 *
 * @param workspace 3 x width elements
 */
export function moments(
  sets: i32,
  pixels: i32,
  channels: i32,
  groups: i32,
  repeat: i32,
  x: usize,
  mean: usize,
  variance: usize,
  workspace: usize,
): void {
  const width = channels * repeat;
  const sums = workspace;
  const centre = workspace + ((<usize>width) << 3);
  const set = (<usize>pixels * channels) << 2;
  for (; sets > 0; sets--, x += set, mean += (<usize>groups) << 2, variance += (<usize>groups) << 2) {
    memory.fill(sums, 0, (<usize>width) << 3);
    addElements(pixels * channels, width, x, sums);
    meansOfGroups(pixels, channels, groups, repeat, sums, mean);
    for (let k = 0; k < width; k++) put(centre, k, get(mean, groupOf(k, channels, groups)));
    memory.fill(sums, 0, (<usize>width) << 3);
    addSquares(pixels * channels, width, x, centre, sums);
    meansOfGroups(pixels, channels, groups, repeat, sums, variance);
  }
}

/**
 * dx = (dmean + 2 dvariance (x - mean)) / M for the M elements of a group; dmean and dvariance like mean.
 *
 * @param workspace 3 x width elements
 */
export function momentsGrad(
  sets: i32,
  pixels: i32,
  channels: i32,
  groups: i32,
  repeat: i32,
  x: usize,
  mean: usize,
  dmean: usize,
  dvariance: usize,
  dx: usize,
  workspace: usize,
): void {
  const width = channels * repeat;
  const centre = workspace;
  const scale = centre + ((<usize>width) << 2);
  const shift = scale + ((<usize>width) << 2);
  const count = <f64>pixels * (channels / groups);
  const set = (<usize>pixels * channels) << 2;
  const row = (<usize>groups) << 2;
  for (; sets > 0; sets--, x += set, dx += set, mean += row, dmean += row, dvariance += row) {
    for (let k = 0; k < width; k++) {
      const g = groupOf(k, channels, groups);
      put(centre, k, get(mean, g));
      put(scale, k, (2 * get(dvariance, g)) / count);
      put(shift, k, get(dmean, g) / count);
    }
    affine(pixels * channels, width, x, centre, scale, shift, dx);
  }
}

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta; gamma and beta [channels].
 *
 * @param workspace 3 x width elements
 */
export function normalise(
  sets: i32,
  pixels: i32,
  channels: i32,
  groups: i32,
  repeat: i32,
  epsilon: f64,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  workspace: usize,
): void {
  const width = channels * repeat;
  const centre = workspace;
  const scale = centre + ((<usize>width) << 2);
  const shift = scale + ((<usize>width) << 2);
  const set = (<usize>pixels * channels) << 2;
  const row = (<usize>groups) << 2;
  for (; sets > 0; sets--, x += set, y += set, mean += row, variance += row) {
    for (let k = 0; k < width; k++) {
      const g = groupOf(k, channels, groups);
      put(centre, k, get(mean, g));
      put(scale, k, get(gamma, k % channels) / sqrt(get(variance, g) + epsilon));
      put(shift, k, get(beta, k % channels));
    }
    affine(pixels * channels, width, x, centre, scale, shift, y);
  }
}

/**
 * With d = x - mean and r = 1 / sqrt(variance + epsilon): dx = gamma r dy; over a group dmean = -sum of gamma r dy and
 * dvariance = -1/2 sum of gamma r^3 dy d; over a channel dgamma = sum of r dy d and dbeta = sum of dy.
 *
 * @param workspace 6 x width + 4 x channels elements
 */
export function normaliseGrad(
  sets: i32,
  pixels: i32,
  channels: i32,
  groups: i32,
  repeat: i32,
  epsilon: f64,
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  dx: usize,
  dmean: usize,
  dvariance: usize,
  dgamma: usize,
  dbeta: usize,
  workspace: usize,
): void {
  const width = channels * repeat;
  const centre = workspace;
  const scale = centre + ((<usize>width) << 2);
  const sums = scale + ((<usize>width) << 2);
  const products = sums + ((<usize>width) << 3);
  const totals = products + ((<usize>width) << 3);
  memory.fill(totals, 0, (<usize>channels) << 4);
  const size = channels / groups;
  const set = (<usize>pixels * channels) << 2;
  for (let s = 0; s < sets; s++, dy += set, x += set, dx += set) {
    for (let k = 0; k < width; k++) {
      const g = s * groups + groupOf(k, channels, groups);
      put(centre, k, get(mean, g));
      put(scale, k, get(gamma, k % channels) / sqrt(get(variance, g) + epsilon));
    }
    memory.fill(sums, 0, (<usize>width) << 4);
    scaleAndAdd(pixels * channels, width, dy, x, centre, scale, dx, sums, products);

    for (let c = 0; c < channels; c += size) {
      const g = s * groups + c / size;
      const r = 1 / sqrt(get(variance, g) + epsilon);
      let sum: f64 = 0;
      let product: f64 = 0;
      for (let k = c; k < c + size; k++) {
        const channelSum = total(sums, k, channels, repeat);
        const channelProduct = total(products, k, channels, repeat);
        sum += get(gamma, k) * channelSum;
        product += get(gamma, k) * channelProduct;
        const parameter = totals + ((<usize>k) << 4);
        v128.store(parameter, f64x2.add(v128.load(parameter), f64x2(r * channelProduct, channelSum)));
      }
      put(dmean, g, -r * sum);
      put(dvariance, g, -0.5 * r * r * r * product);
    }
  }
  for (let k = 0; k < channels; k++) {
    put(dgamma, k, load<f64>(totals + ((<usize>k) << 4)));
    put(dbeta, k, load<f64>(totals + ((<usize>k) << 4), 8));
  }
}

/** The group of element `k` of a wide row. */
function groupOf(k: i32, channels: i32, groups: i32): i32 {
  return (k % channels) / (channels / groups);
}

function get(list: usize, index: i32): f64 {
  return load<f32>(list + ((<usize>index) << 2));
}

function put(list: usize, index: i32, value: f64): void {
  store<f32>(list + ((<usize>index) << 2), <f32>value);
}

/** The sum over a channel, from the sums over the elements of a wide row. */
function total(sums: usize, channel: i32, channels: i32, repeat: i32): f64 {
  let sum: f64 = 0;
  for (let k = channel; k < channels * repeat; k += channels) sum += load<f64>(sums + ((<usize>k) << 3));
  return sum;
}

/** means [groups] from the sums over the elements of a wide row. */
function meansOfGroups(pixels: i32, channels: i32, groups: i32, repeat: i32, sums: usize, means: usize): void {
  const size = channels / groups;
  for (let g = 0; g < groups; g++) {
    let sum: f64 = 0;
    for (let c = g * size; c < (g + 1) * size; c++) sum += total(sums, c, channels, repeat);
    put(means, g, sum / (<f64>pixels * size));
  }
}
