// 3x3 and 1x1 'same' convolution as an implicit matrix product: pixels by columns, where a column is a channel of the
// output. Each input of a concatenation is read where it is, by a dispatch of its own that goes on from the sums of the
// one before. An invocation holds a block of sums in registers and reads both factors through the cache: no workgroup
// memory, no barriers.
// uses: grid

// How the sums begin: 0 with zero, 1 with the bias, 2 with what lies in the output.
override begin = 0u;
override relu = 0u;

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
  // the columns of the weights: how many are computed, which is the first, and how many there are
  columns: u32,
  firstColumn: u32,
  outChannels: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> bias: array<f32>;
@group(0) @binding(1) var<storage, read_write> x4: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> w4: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y4: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> bias4: array<vec4f>;

// The sums of an invocation: pixels that lie beside each other in memory, by columns.
const PIXELS = 4u;

struct Pixel {
  // its row in its image, and its column
  i: u32,
  j: u32,
  inside: bool,
}

fn pixelAt(pixel: u32) -> Pixel {
  let row = pixel / sizes.width;
  return Pixel(row % sizes.height, pixel % sizes.width, row < sizes.rows);
}

// Where the neighbour of a pixel that a tap reads lies, in pixels; -1 outside the image.
fn neighbour(pixel: u32, at: Pixel, tap: u32) -> i32 {
  let radius = i32(sizes.kernel / 2u);
  let di = i32(tap / sizes.kernel) - radius;
  let dj = i32(tap % sizes.kernel) - radius;
  let i = i32(at.i) + di;
  let j = i32(at.j) + dj;
  let inside = at.inside && i >= 0 && i < i32(sizes.height) && j >= 0 && j < i32(sizes.width);
  return select(-1, i32(pixel) + di * i32(sizes.width) + dj, inside);
}

// (x, w, y, b) -> y, whatever the channels: four pixels by four columns.
@compute @workgroup_size(WORKGROUP)
fn scalars(at: Invocation) {
  let blocks = (sizes.columns + 3u) / 4u;
  let element = elementOf(at);
  let first = element / blocks * PIXELS;
  let column = element % blocks * 4u;
  if (first >= sizes.rows * sizes.width) { return; }
  // Columns beyond the last are computed as the last, and not stored.
  let last = sizes.columns - 1u;
  let columns = min(vec4u(column, column + 1u, column + 2u, column + 3u), vec4u(last));
  var sums: array<vec4f, PIXELS>;
  var pixels: array<Pixel, PIXELS>;
  for (var p = 0u; p < PIXELS; p++) {
    pixels[p] = pixelAt(first + p);
    let start = min(first + p, sizes.rows * sizes.width - 1u) * sizes.columns;
    if (begin == 1u) { sums[p] = vec4f(bias[columns.x], bias[columns.y], bias[columns.z], bias[columns.w]); }
    if (begin == 2u) { sums[p] = vec4f(y[start + columns.x], y[start + columns.y], y[start + columns.z], y[start + columns.w]); }
  }
  for (var tap = 0u; tap < sizes.kernel * sizes.kernel; tap++) {
    var starts: array<i32, PIXELS>;
    for (var p = 0u; p < PIXELS; p++) { starts[p] = neighbour(first + p, pixels[p], tap) * i32(sizes.channels); }
    let row = (tap * sizes.inChannels + sizes.firstChannel) * sizes.outChannels + sizes.firstColumn;
    for (var c = 0u; c < sizes.channels; c++) {
      let at = row + c * sizes.outChannels + columns;
      let factor = vec4f(w[at.x], w[at.y], w[at.z], w[at.w]);
      for (var p = 0u; p < PIXELS; p++) {
        let start = starts[p];
        if (start >= 0) { sums[p] += x[u32(start) + c] * factor; }
      }
    }
  }
  for (var p = 0u; p < PIXELS; p++) {
    if (!pixels[p].inside) { continue; }
    for (var k = 0u; k < 4u && column + k < sizes.columns; k++) {
      let sum = sums[p][k];
      y[(first + p) * sizes.columns + column + k] = select(sum, 0.0, relu == 1u && sum < 0.0);
    }
  }
}

// The same where all channels are multiples of four: four pixels by two vectors of columns.
@compute @workgroup_size(WORKGROUP)
fn vectors(at: Invocation) {
  let columns = sizes.columns / 4u;
  let blocks = (columns + 1u) / 2u;
  let element = elementOf(at);
  let first = element / blocks * PIXELS;
  if (first >= sizes.rows * sizes.width) { return; }
  let left = element % blocks;
  // The second vector lies beside those of the other invocations; without one, the first is computed twice.
  let both = left + blocks < columns;
  let right = select(left, left + blocks, both);
  var sums: array<array<vec4f, 2>, PIXELS>;
  var pixels: array<Pixel, PIXELS>;
  for (var p = 0u; p < PIXELS; p++) {
    pixels[p] = pixelAt(first + p);
    let start = min(first + p, sizes.rows * sizes.width - 1u) * columns;
    if (begin == 1u) { sums[p] = array(bias4[left], bias4[right]); }
    if (begin == 2u) { sums[p] = array(y4[start + left], y4[start + right]); }
  }
  let channels = sizes.channels / 4u;
  let stride = sizes.outChannels / 4u;
  for (var tap = 0u; tap < sizes.kernel * sizes.kernel; tap++) {
    var starts: array<i32, PIXELS>;
    for (var p = 0u; p < PIXELS; p++) { starts[p] = neighbour(first + p, pixels[p], tap) * i32(channels); }
    let row = (tap * sizes.inChannels + sizes.firstChannel) * stride + sizes.firstColumn / 4u;
    for (var c = 0u; c < channels; c++) {
      var a: array<vec4f, PIXELS>;
      for (var p = 0u; p < PIXELS; p++) {
        let start = starts[p];
        a[p] = vec4f();
        if (start >= 0) { a[p] = x4[u32(start) + c]; }
      }
      for (var k = 0u; k < 4u; k++) {
        let at = row + (4u * c + k) * stride;
        let b = array(w4[at + left], w4[at + right]);
        for (var p = 0u; p < PIXELS; p++) {
          sums[p][0] += a[p][k] * b[0];
          sums[p][1] += a[p][k] * b[1];
        }
      }
    }
  }
  for (var p = 0u; p < PIXELS; p++) {
    if (!pixels[p].inside) { continue; }
    let to = (first + p) * columns;
    y4[to + left] = rectified(sums[p][0]);
    if (both) { y4[to + right] = rectified(sums[p][1]); }
  }
}

// NaN stays NaN.
fn rectified(v: vec4f) -> vec4f {
  return select(v, vec4f(), vec4<bool>(relu == 1u) & (v < vec4f()));
}

// (w) -> the weights that lead from the output back to the input: the taps turned round, rows and columns exchanged.
@compute @workgroup_size(WORKGROUP)
fn turned(at: Invocation) {
  let c = elementOf(at) % sizes.inChannels;
  let o = elementOf(at) / sizes.inChannels % sizes.outChannels;
  let tap = elementOf(at) / (sizes.inChannels * sizes.outChannels);
  let taps = sizes.kernel * sizes.kernel;
  if (tap >= taps) { return; }
  y[elementOf(at)] = x[((taps - 1u - tap) * sizes.inChannels + c) * sizes.outChannels + o];
}
