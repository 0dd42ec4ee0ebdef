// Upsampling by two, nearest and bilinear, with the exact transposes.
// uses: grid, pixels

// Whether the first and the last centres of input and output coincide; else centres lie at half-integers.
override alignCorners = 0u;

struct Sizes {
  // elements of what is written
  count: u32,
  // of the smaller tensor
  height: u32,
  width: u32,
  channels: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;

// (x) -> every pixel becomes a 2x2 block.
@compute @workgroup_size(WORKGROUP)
fn nearest(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.count) { return; }
  let place = placeOf(i, 2u * sizes.width, sizes.channels);
  b[i] = a[elementAt(Place(place.line / 2u, place.column / 2u, place.channel), sizes.width, sizes.channels)];
}

// (dy) -> the sum of each 2x2 block.
@compute @workgroup_size(WORKGROUP)
fn nearestGrad(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.count) { return; }
  let above = blockOf(placeOf(i, sizes.width, sizes.channels), sizes.width, sizes.channels);
  let below = above + 2u * sizes.width * sizes.channels;
  b[i] = (a[above] + a[above + sizes.channels]) + (a[below] + a[below + sizes.channels]);
}

// (x) -> the weighted mean of four pixels, two rows mixed into one first.
@compute @workgroup_size(WORKGROUP)
fn bilinear(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.count) { return; }
  let place = placeOf(i, 2u * sizes.width, sizes.channels);
  let row = place.line % (2u * sizes.height);
  let image = place.line / (2u * sizes.height) * sizes.height;
  let rows = image + vec2u(before(row), after(row, sizes.height));
  let left = columnOf(rows, row, before(place.column), place.channel);
  let right = columnOf(rows, row, after(place.column, sizes.width), place.channel);
  b[i] = mix(left, right, share(place.column, sizes.width));
}

// (dy) -> the transpose: an input position i has weight in the outputs 2i-1 to 2i+2 alone.
@compute @workgroup_size(WORKGROUP)
fn bilinearGrad(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.count) { return; }
  let place = placeOf(i, sizes.width, sizes.channels);
  let row = place.line % sizes.height;
  let lines = outputsOf(place.line, row, sizes.height);
  let lineWeights = weightsOf(row, sizes.height);
  let columns = outputsOf(place.column, place.column, sizes.width);
  let columnWeights = weightsOf(place.column, sizes.width);
  var sum = 0.0;
  for (var k = 0u; k < 4u; k++) {
    let first = elementAt(Place(lines[k], 0u, place.channel), 2u * sizes.width, sizes.channels);
    let four = first + columns * sizes.channels;
    sum += lineWeights[k] * dot(columnWeights, vec4f(a[four.x], a[four.y], a[four.z], a[four.w]));
  }
  b[i] = sum;
}

// The input position before that of output o. At the edges, where there is none, it is the position after, and the
// other way round: both then have the same value, which goes on to the edge.
fn before(o: u32) -> u32 {
  return max((o + 1u) / 2u, 1u) - 1u;
}

// The input position after that of output o.
fn after(o: u32, size: u32) -> u32 {
  return min((o + 1u) / 2u, size - 1u);
}

// The weight of the position after. With coinciding corners output o lies at o (size - 1) / d, where d = 2 size - 1:
// this is o / 2 - o / 2d, whose whole part `before` has. No product of sizes, which could leave 32 bits, is left of it.
fn share(o: u32, size: u32) -> f32 {
  let odd = o % 2u;
  if (alignCorners == 0u) { return select(0.75, 0.25, odd == 1u); }
  let d = 2u * size - 1u;
  return f32((2u - odd) * d - o) / f32(2u * d);
}

// Two rows of a column, mixed for output row `row`.
fn columnOf(rows: vec2u, row: u32, column: u32, channel: u32) -> f32 {
  let upper = a[elementAt(Place(rows.x, column, channel), sizes.width, sizes.channels)];
  let lower = a[elementAt(Place(rows.y, column, channel), sizes.width, sizes.channels)];
  return mix(upper, lower, share(row, sizes.height));
}

// The outputs 2k-1 to 2k+2, where k is input i counted on from image to image. Beyond the edges, where the weight is 0,
// the neighbour stands instead.
fn outputsOf(k: u32, i: u32, size: u32) -> vec4u {
  return vec4u(select(2u * k - 1u, 2u * k, i == 0u), 2u * k, 2u * k + 1u, 2u * k + select(2u, 1u, i == size - 1u));
}

// The weights of input i in the outputs 2i-1 to 2i+2.
fn weightsOf(i: u32, size: u32) -> vec4f {
  let inner = vec4f(
    share(2u * i - 1u, size),
    share(2u * i, size),
    1.0 - share(2u * i + 1u, size),
    1.0 - share(2u * i + 2u, size),
  );
  let isFirst = i == 0u;
  let isLast = i == size - 1u;
  let edges = vec4f(0.0, 1.0, 1.0, 0.0);
  return select(inner, edges, vec4<bool>(isFirst, isFirst, isLast, isLast));
}
