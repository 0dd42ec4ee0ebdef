// 2x2 max pooling with stride 2: an invocation for each window.
// uses: grid, pixels

struct Sizes {
  // elements of the pooled tensor
  count: u32,
  width: u32,
  channels: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

// (x) -> the largest of each window.
@compute @workgroup_size(WORKGROUP)
fn maxPool2d(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.count) { return; }
  let window = windowOf(i);
  b[i] = x[window[firstLargest(window)]];
}

// (x, dy) -> dy at the first maximum of each window in row-major order, else 0.
@compute @workgroup_size(WORKGROUP)
fn maxPool2dGrad(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.count) { return; }
  let window = windowOf(i);
  let largest = firstLargest(window);
  let dy = b[i];
  for (var k = 0u; k < 4u; k++) { dx[window[k]] = select(0.0, dy, k == largest); }
}

// The elements of x that element `i` of the pooled tensor is made of.
fn windowOf(i: u32) -> vec4u {
  let first = blockOf(placeOf(i, sizes.width, sizes.channels), sizes.width, sizes.channels);
  let below = first + 2u * sizes.width * sizes.channels;
  return vec4u(first, first + sizes.channels, below, below + sizes.channels);
}

// An index, and not a value to compare with: one element of a window is the maximum, NaN or not.
fn firstLargest(window: vec4u) -> u32 {
  var largest = 0u;
  var value = x[window.x];
  for (var k = 1u; k < 4u; k++) {
    let other = x[window[k]];
    if (other > value) {
      largest = k;
      value = other;
    }
  }
  return largest;
}
