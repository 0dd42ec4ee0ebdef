// Parameter updates, each output of which may lie on its input, the moving average, and norms of gradients.
// uses: grid, sum

override inPlace = 0u;

struct Sgd {
  length: u32,
  momentum: f32,
  weightDecay: f32,
}

struct Adam {
  length: u32,
  keep1: f32,
  take1: f32,
  keep2: f32,
  take2: f32,
  epsilon: f32,
  // of the gradient, and of the parameter: one of them is 0
  gradientDecay: f32,
  parameterDecay: f32,
}

struct Sizes {
  length: u32,
  chunk: u32,
}

struct Clip {
  norms: u32,
  rates: u32,
  limit: f32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> clipSizes: Clip;
@group(0) @binding(0) var<uniform> sgdSizes: Sgd;
@group(0) @binding(0) var<uniform> adamSizes: Adam;
@group(0) @binding(0) var<uniform> sizes: Sizes;

// What changes, what it changes by, and how fast.
@group(0) @binding(1) var<storage, read_write> p: array<f32>;
@group(0) @binding(2) var<storage, read_write> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> rates: array<f32>;
@group(0) @binding(4) var<storage, read_write> pNew: array<f32>;
@group(0) @binding(5) var<storage, read_write> v: array<f32>;
@group(0) @binding(6) var<storage, read_write> vNew: array<f32>;
@group(0) @binding(7) var<storage, read_write> m: array<f32>;
@group(0) @binding(8) var<storage, read_write> mNew: array<f32>;

@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> norms: array<f32>;
@group(0) @binding(4) var<storage, read_write> clipped: array<f32>;

// (p, g, [rate, factor], v) -> p', v': v' = momentum v + (factor g + weightDecay p); p' = p - rate v'.
@compute @workgroup_size(WORKGROUP)
fn sgd(at: Invocation) {
  let i = elementOf(at);
  if (i >= sgdSizes.length) { return; }
  let old = parameter(i);
  let velocity = sgdSizes.momentum * second(i) + (rates[1] * g[i] + sgdSizes.weightDecay * old);
  vNew[i] = velocity;
  pNew[i] = old - rates[0] * velocity;
}

// (p, g, [rate, c1, c2, factor], v, m) -> p', v', m': the gradient is factor g, and the decay is added to it;
// m' = keep1 m + take1 gradient; v' = keep2 v + take2 gradient^2; p' = p - rate c1 m' / (sqrt(v') c2 + epsilon).
// Decoupled, the decay is taken off p before.
@compute @workgroup_size(WORKGROUP)
fn adam(at: Invocation) {
  let i = elementOf(at);
  if (i >= adamSizes.length) { return; }
  let rate = rates[0];
  let old = parameter(i);
  let gradient = rates[3] * g[i] + adamSizes.gradientDecay * old;
  let mean = adamSizes.keep1 * first(i) + adamSizes.take1 * gradient;
  let square = adamSizes.keep2 * second(i) + adamSizes.take2 * (gradient * gradient);
  let divisor = sqrt(square) * rates[2] + adamSizes.epsilon;
  let decayed = old - rate * adamSizes.parameterDecay * old;
  mNew[i] = mean;
  vNew[i] = square;
  pNew[i] = decayed - rate * rates[1] * mean / divisor;
}

// (start, end, [weight]) -> start + weight (end - start).
@compute @workgroup_size(WORKGROUP)
fn lerp(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.length) { return; }
  let start = parameter(i);
  pNew[i] = start + rates[0] * (g[i] - start);
}

fn parameter(i: u32) -> f32 {
  if (inPlace == 1u) { return pNew[i]; }
  return p[i];
}

fn first(i: u32) -> f32 {
  if (inPlace == 1u) { return mNew[i]; }
  return m[i];
}

fn second(i: u32) -> f32 {
  if (inPlace == 1u) { return vNew[i]; }
  return v[i];
}

var<workgroup> largest: atomic<u32>;

// The Euclidean norm of x[begin..end), which all invocations of the workgroup are told. Squares leave the range of float32
// where elements do not, so all are divided by the power of two below the largest first.
fn norm(begin: u32, end: u32, local: u32) -> f32 {
  // The bits of magnitudes are in the order of their values; infinity and NaN come last.
  var magnitude = 0u;
  for (var i = begin + local; i < end; i += WORKGROUP) {
    magnitude = max(magnitude, bitcast<u32>(x[i]) & 0x7fffffffu);
  }
  atomicMax(&largest, magnitude);
  workgroupBarrier();
  let bits = atomicLoad(&largest);
  let exponent = clamp(bits >> 23u, 1u, 253u);
  let scale = bitcast<f32>(exponent << 23u);
  let inverse = bitcast<f32>((254u - exponent) << 23u);

  var sum = 0.0;
  for (var i = begin + local; i < end; i += WORKGROUP) {
    let scaled = x[i] * inverse;
    sum += scaled * scaled;
  }
  // Infinity and NaN are the norm themselves.
  return select(sqrt(workgroupSum(local, sum)) * scale, bitcast<f32>(bits), bits >= 0x7f800000u);
}

// (x) -> the Euclidean norm of each chunk, a workgroup for each.
@compute @workgroup_size(WORKGROUP)
fn chunkNorms(at: Invocation) {
  let group = groupOf(at);
  let begin = group * sizes.chunk;
  // The workgroups of the last row may be more than the chunks.
  let length = norm(begin, min(begin + sizes.chunk, sizes.length), at.local);
  if (at.local == 0u && begin < sizes.length) { norms[group] = length; }
}

// (norms, rates) -> rates, the last one times min(1, limit / (norm of the norms + epsilon)): a norm of NaN gives NaN.
@compute @workgroup_size(WORKGROUP)
fn clipRates(at: Invocation) {
  let length = norm(0u, clipSizes.norms, at.local);
  if (at.local >= clipSizes.rates) { return; }
  let factor = clipSizes.limit / (length + clipSizes.epsilon);
  // NaN is not above 1.
  let clips = at.local == clipSizes.rates - 1u && !(factor > 1.0);
  clipped[at.local] = rates[at.local] * select(1.0, factor, clips);
}
