// Weighted sums of up to six tensors of one shape, added up from the left.
// uses: grid

// Whether the first tensor is the output itself.
override inPlace = 0u;
// Whether the sum goes on from what lies in the output.
override continued = 0u;

struct Sizes {
  length: u32,
  w0: f32,
  w1: f32,
  w2: f32,
  w3: f32,
  w4: f32,
  w5: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> x0: array<f32>;
@group(0) @binding(3) var<storage, read_write> x1: array<f32>;
@group(0) @binding(4) var<storage, read_write> x2: array<f32>;
@group(0) @binding(5) var<storage, read_write> x3: array<f32>;
@group(0) @binding(6) var<storage, read_write> x4: array<f32>;
@group(0) @binding(7) var<storage, read_write> x5: array<f32>;

fn first(i: u32) -> f32 {
  if (continued == 1u) { return y[i] + sizes.w0 * x0[i]; }
  if (inPlace == 1u) { return sizes.w0 * y[i]; }
  return sizes.w0 * x0[i];
}

@compute @workgroup_size(WORKGROUP)
fn sum1(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.length) { return; }
  y[i] = first(i);
}

@compute @workgroup_size(WORKGROUP)
fn sum2(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.length) { return; }
  y[i] = first(i) + sizes.w1 * x1[i];
}

@compute @workgroup_size(WORKGROUP)
fn sum3(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.length) { return; }
  y[i] = first(i) + sizes.w1 * x1[i] + sizes.w2 * x2[i];
}

@compute @workgroup_size(WORKGROUP)
fn sum4(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.length) { return; }
  y[i] = first(i) + sizes.w1 * x1[i] + sizes.w2 * x2[i] + sizes.w3 * x3[i];
}

@compute @workgroup_size(WORKGROUP)
fn sum5(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.length) { return; }
  y[i] = first(i) + sizes.w1 * x1[i] + sizes.w2 * x2[i] + sizes.w3 * x3[i] + sizes.w4 * x4[i];
}

@compute @workgroup_size(WORKGROUP)
fn sum6(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.length) { return; }
  y[i] = first(i) + sizes.w1 * x1[i] + sizes.w2 * x2[i] + sizes.w3 * x3[i] + sizes.w4 * x4[i] + sizes.w5 * x5[i];
}
