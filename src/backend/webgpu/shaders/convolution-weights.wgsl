// The gradient of the weights: sums over all pixels, cut into pieces of some rows of an image each, whose number depends
// on the sizes alone; kernels/pieces.ts adds them up.
// uses: grid

struct Sizes {
  // images x height
  rows: u32,
  height: u32,
  width: u32,
  // 1 or 3
  kernel: u32,
  // the input that is read: its channels, and which of all channels is its first
  channels: u32,
  firstChannel: u32,
  inChannels: u32,
  outChannels: u32,
  // how many rows a piece has
  pieceRows: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;
@group(0) @binding(1) var<storage, read_write> x4: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dy4: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> sums4: array<vec4f>;

// What a tap adds to the row and the column of a pixel.
fn shift(tap: u32) -> vec2i {
  return vec2i(i32(tap / sizes.kernel), i32(tap % sizes.kernel)) - i32(sizes.kernel / 2u);
}

// (x, dy) -> a piece of each gradient, whatever the channels: four weights of a column, which may be of several taps, by
// four columns.
@compute @workgroup_size(WORKGROUP)
fn scalars(at: Invocation) {
  let weights = sizes.kernel * sizes.kernel * sizes.channels;
  let columnBlocks = (sizes.outChannels + 3u) / 4u;
  let weightBlocks = (weights + 3u) / 4u;
  let element = elementOf(at);
  let column = element % columnBlocks * 4u;
  let firstWeight = element / columnBlocks % weightBlocks * 4u;
  let piece = element / (columnBlocks * weightBlocks);
  let firstRow = piece * sizes.pieceRows;
  if (firstRow >= sizes.rows) { return; }
  // What is beyond the last is computed as the last, and not stored.
  let columns = min(vec4u(column, column + 1u, column + 2u, column + 3u), vec4u(sizes.outChannels - 1u));
  var shifts: array<vec2i, 4>;
  var channels: array<u32, 4>;
  for (var k = 0u; k < 4u; k++) {
    let weight = min(firstWeight + k, weights - 1u);
    shifts[k] = shift(weight / sizes.channels);
    channels[k] = weight % sizes.channels;
  }
  var sum: array<vec4f, 4>;
  for (var row = firstRow; row < min(firstRow + sizes.pieceRows, sizes.rows); row++) {
    let i = i32(row % sizes.height);
    for (var j = 0; j < i32(sizes.width); j++) {
      let pixel = i32(row * sizes.width) + j;
      let start = u32(pixel) * sizes.outChannels + columns;
      let b = vec4f(dy[start.x], dy[start.y], dy[start.z], dy[start.w]);
      for (var k = 0u; k < 4u; k++) {
        let to = vec2i(i, j) + shifts[k];
        if (all(to >= vec2i(0)) && to.x < i32(sizes.height) && to.y < i32(sizes.width)) {
          let neighbour = pixel + shifts[k].x * i32(sizes.width) + shifts[k].y;
          sum[k] += x[u32(neighbour) * sizes.channels + channels[k]] * b;
        }
      }
    }
  }
  let taps = sizes.kernel * sizes.kernel;
  for (var k = 0u; k < 4u && firstWeight + k < weights; k++) {
    let weight = firstWeight + k;
    let row = (piece * taps + weight / sizes.channels) * sizes.inChannels + sizes.firstChannel + channels[k];
    for (var q = 0u; q < 4u && column + q < sizes.outChannels; q++) {
      sums[row * sizes.outChannels + column + q] = sum[k][q];
    }
  }
}

// The same where all channels are multiples of four: four channels of a tap by two vectors of columns.
@compute @workgroup_size(WORKGROUP)
fn vectors(at: Invocation) {
  let taps = sizes.kernel * sizes.kernel;
  let columns = sizes.outChannels / 4u;
  let blocks = (columns + 1u) / 2u;
  let channels = sizes.channels / 4u;
  let element = elementOf(at);
  let left = element % blocks;
  let channel = element / blocks % channels;
  let tap = element / (blocks * channels) % taps;
  let piece = element / (blocks * channels * taps);
  let firstRow = piece * sizes.pieceRows;
  if (firstRow >= sizes.rows) { return; }
  // The second vector lies beside those of the other invocations; without one, the first is computed twice.
  let both = left + blocks < columns;
  let right = select(left, left + blocks, both);
  let by = shift(tap);
  // The columns of the image whose neighbour lies in it.
  let begin = max(0, -by.y);
  let end = i32(sizes.width) - max(0, by.y);
  var sum: array<array<vec4f, 2>, 4>;
  for (var row = firstRow; row < min(firstRow + sizes.pieceRows, sizes.rows); row++) {
    let i = i32(row % sizes.height) + by.x;
    if (i < 0 || i >= i32(sizes.height)) { continue; }
    for (var j = begin; j < end; j++) {
      let pixel = i32(row * sizes.width) + j;
      let a = x4[u32(pixel + by.x * i32(sizes.width) + by.y) * channels + channel];
      let b = array(dy4[u32(pixel) * columns + left], dy4[u32(pixel) * columns + right]);
      for (var k = 0u; k < 4u; k++) {
        sum[k][0] += a[k] * b[0];
        sum[k][1] += a[k] * b[1];
      }
    }
  }
  for (var k = 0u; k < 4u; k++) {
    let weight = ((piece * taps + tap) * sizes.inChannels + sizes.firstChannel + 4u * channel + k) * columns;
    sums4[weight + left] = sum[k][0];
    if (both) { sums4[weight + right] = sum[k][1]; }
  }
}
