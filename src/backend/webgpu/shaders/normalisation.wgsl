// Normalisation by given moments, and its gradient.
// uses: columns

struct Sizes {
  columns: Columns,
  groups: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> variance: array<f32>;
@group(0) @binding(4) var<storage, read_write> gamma: array<f32>;
@group(0) @binding(5) var<storage, read_write> beta: array<f32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;
@group(0) @binding(7) var<storage, read_write> sums: array<f32>;
@group(0) @binding(1) var<storage, read_write> dmean: array<f32>;
@group(0) @binding(2) var<storage, read_write> dvariance: array<f32>;
@group(0) @binding(5) var<storage, read_write> dgamma: array<f32>;
@group(0) @binding(6) var<storage, read_write> dbeta: array<f32>;

// (x, mean, variance, gamma, beta) -> gamma (x - mean) / sqrt(variance + epsilon) + beta.
@compute @workgroup_size(WORKGROUP)
fn normalise(at: Invocation) {
  let share = shareOf(at, sizes.columns);
  let group = statisticsOf(share.matrix, share.channel);
  let centre = mean[group];
  let scale = gamma[share.channel] * inverse(group);
  let shift = beta[share.channel];
  for (var i = share.first; i < share.end; i += share.step) { y[i] = scale * (x[i] - centre) + shift; }
}

// (x, mean, variance, gamma, dy) -> dx, and over each block the sums of dy, then those of dy (x - mean):
// [2, matrices, channels, blocks].
@compute @workgroup_size(WORKGROUP)
fn scaleAndSum(at: Invocation) {
  let share = shareOf(at, sizes.columns);
  let group = statisticsOf(share.matrix, share.channel);
  let centre = mean[group];
  let scale = gamma[share.channel] * inverse(group);
  var sum = 0.0;
  var product = 0.0;
  for (var i = share.first; i < share.end; i += share.step) {
    let slope = dy[i];
    dx[i] = scale * slope;
    sum += slope;
    product += slope * (x[i] - centre);
  }
  sum = columnSum(sum, at.local, sizes.columns.width);
  product = columnSum(product, at.local, sizes.columns.width);
  if (share.leads) {
    sums[share.place] = sum;
    sums[sizes.columns.matrices * sizes.columns.channels * sizes.columns.blocks + share.place] = product;
  }
}

// (variance, gamma, the sums over matrices and channels) -> dmean and dvariance of each group, dgamma and dbeta of each
// channel. An invocation has a group and a channel, as far as there are so many.
@compute @workgroup_size(WORKGROUP)
fn gradients(at: Invocation) {
  let channels = sizes.columns.channels;
  let products = sizes.columns.matrices * channels;
  let i = elementOf(at);
  if (i < sizes.columns.matrices * sizes.groups) {
    let size = channels / sizes.groups;
    let first = i % sizes.groups * size;
    let begin = i / sizes.groups * channels;
    var sum = 0.0;
    var product = 0.0;
    for (var c = first; c < first + size; c++) {
      sum += gamma[c] * sums[begin + c];
      product += gamma[c] * sums[products + begin + c];
    }
    let r = inverse(i);
    dmean[i] = -r * sum;
    dvariance[i] = -0.5 * r * r * r * product;
  }
  if (i < channels) {
    var sum = 0.0;
    var product = 0.0;
    for (var matrix = 0u; matrix < sizes.columns.matrices; matrix++) {
      sum += sums[matrix * channels + i];
      product += inverse(statisticsOf(matrix, i)) * sums[products + matrix * channels + i];
    }
    dgamma[i] = product;
    dbeta[i] = sum;
  }
}

// The statistics group of a channel, counted through all matrices.
fn statisticsOf(matrix: u32, channel: u32) -> u32 {
  return matrix * sizes.groups + channel / (sizes.columns.channels / sizes.groups);
}

fn inverse(group: u32) -> f32 {
  return 1.0 / sqrt(variance[group] + sizes.epsilon);
}
