// ReLU, sigmoid and softmax over the channels, each with its gradient as a function of the output.
// uses: grid, math

override inPlace = 0u;

struct Sizes {
  // elements, or rows of channels
  count: u32,
  channels: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

// (x) -> max(x, 0); NaN stays NaN.
@compute @workgroup_size(WORKGROUP)
fn relu(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.count) { return; }
  let x = unary(i);
  b[i] = select(x, 0.0, x < 0.0);
}

// (x) -> 1 / (1 + exp(-x)).
@compute @workgroup_size(WORKGROUP)
fn sigmoid(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.count) { return; }
  b[i] = logistic(unary(i));
}

// (dy, y) -> dy where y > 0, else 0.
@compute @workgroup_size(WORKGROUP)
fn reluGrad(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.count) { return; }
  c[i] = select(0.0, upstream(i), isPositive(b[i]));
}

// (dy, y) -> dy y (1 - y).
@compute @workgroup_size(WORKGROUP)
fn sigmoidGrad(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.count) { return; }
  let y = b[i];
  c[i] = upstream(i) * y * (1.0 - y);
}

// (x) -> exp(x) / sum over the row of exp(x), the largest value subtracted first.
@compute @workgroup_size(WORKGROUP)
fn softmax(at: Invocation) {
  let row = elementOf(at);
  if (row >= sizes.count) { return; }
  let first = row * sizes.channels;
  var largest = a[first];
  for (var k = 1u; k < sizes.channels; k++) {
    // A NaN that is met stays the largest.
    let x = a[first + k];
    if (isNan(x) || x > largest) { largest = x; }
  }
  var sum = 0.0;
  for (var k = 0u; k < sizes.channels; k++) { sum += exp_(a[first + k] - largest); }
  for (var k = 0u; k < sizes.channels; k++) { b[first + k] = exp_(a[first + k] - largest) / sum; }
}

// (dy, y) -> y (dy - sum over the row of dy y).
@compute @workgroup_size(WORKGROUP)
fn softmaxGrad(at: Invocation) {
  let row = elementOf(at);
  if (row >= sizes.count) { return; }
  let first = row * sizes.channels;
  var dot = 0.0;
  for (var k = 0u; k < sizes.channels; k++) { dot += a[first + k] * b[first + k]; }
  for (var k = 0u; k < sizes.channels; k++) { c[first + k] = b[first + k] * (a[first + k] - dot); }
}

fn unary(i: u32) -> f32 {
  if (inPlace == 1u) { return b[i]; }
  return a[i];
}

fn upstream(i: u32) -> f32 {
  if (inPlace == 1u) { return c[i]; }
  return a[i];
}
