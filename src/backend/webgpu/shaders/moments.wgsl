// What the moments need beside sums: squared distances from the mean, and the gradient.
// uses: columns

struct Sizes {
  columns: Columns,
  groups: u32,
  // Elements of a group.
  count: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> squares: array<f32>;
@group(0) @binding(3) var<storage, read_write> dmean: array<f32>;
@group(0) @binding(4) var<storage, read_write> dvariance: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

// (x, mean) -> the sum of (x - mean)^2 over each block, [matrices, channels, blocks].
@compute @workgroup_size(WORKGROUP)
fn sumSquares(at: Invocation) {
  let share = shareOf(at, sizes.columns);
  let centre = mean[statisticsOf(share)];
  var sum = 0.0;
  for (var i = share.first; i < share.end; i += share.step) {
    let distance = x[i] - centre;
    sum += distance * distance;
  }
  sum = columnSum(sum, at.local, sizes.columns.width);
  if (share.leads) { squares[share.place] = sum; }
}

// (x, mean, dmean, dvariance) -> (dmean + 2 dvariance (x - mean)) / count.
@compute @workgroup_size(WORKGROUP)
fn momentsGrad(at: Invocation) {
  let share = shareOf(at, sizes.columns);
  let group = statisticsOf(share);
  let centre = mean[group];
  let scale = 2.0 * dvariance[group] / sizes.count;
  let shift = dmean[group] / sizes.count;
  for (var i = share.first; i < share.end; i += share.step) { dx[i] = scale * (x[i] - centre) + shift; }
}

// The statistics group of a share, counted through all matrices.
fn statisticsOf(share: Share) -> u32 {
  return share.matrix * sizes.groups + share.channel / (sizes.columns.channels / sizes.groups);
}
