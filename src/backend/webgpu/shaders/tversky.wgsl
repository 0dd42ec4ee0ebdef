// 1 - Dice and 1 - Tversky's index; src/ops/tversky.ts has the formula. With H = 2 TP, the hits, and M = 2 alpha FP +
// 2 beta FN, the misses, 1 - (H + 1) / (H + M + 1) = M / (H + M + 1), which keeps its digits where the index rounds to 1.
// uses: grid, math, segmentation, sum

struct Sizes {
  batch: u32,
  positions: u32,
  classes: u32,
  // of an image: workgroups of pixels
  pieces: u32,
  squared: u32,
  alpha: f32,
  beta: f32,
  weights: array<vec4f, 64>,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> labels: array<f32>;
// Hits and misses of each image, channel and piece.
@group(0) @binding(3) var<storage, read_write> pieces: array<vec2f>;
// the value: what each image and channel adds to the loss
@group(0) @binding(4) var<storage, read_write> terms: array<f32>;
// the gradient: the derivatives of the loss by the hits and misses of each image and channel
@group(0) @binding(4) var<storage, read_write> slopes: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> dloss: array<f32>;
@group(0) @binding(6) var<storage, read_write> dlogits: array<f32>;

// (logits, labels) -> pieces.
@compute @workgroup_size(WORKGROUP)
fn sums(at: Invocation) {
  let group = groupOf(at);
  let image = group / sizes.pieces;
  let piece = group % sizes.pieces;
  let place = piece * WORKGROUP + at.local;
  let i = image * sizes.positions + place;
  // The workgroups of the last row may be more than the pieces.
  let there = image < sizes.batch && place < sizes.positions;
  var pixel = Pixel();
  if (there) { pixel = pixelOf(i); }
  for (var channel = 0u; channel < sizes.classes; channel++) {
    let k = classOf(channel);
    var hit = 0.0;
    var miss = 0.0;
    if (there) {
      let on = k == pixel.label;
      let error = errorOf(i, pixel, k);
      hit = select(0.0, 2.0 * pixel.own / pixel.total, on);
      miss = 2.0 * select(sizes.alpha, sizes.beta, on) * select(error, error * error, sizes.squared == 1u);
    }
    let sums = workgroupSums(at.local, vec2f(hit, miss));
    if (there && at.local == 0u) { pieces[(image * sizes.classes + channel) * sizes.pieces + piece] = sums; }
  }
}

// (pieces) -> terms, by a workgroup for each.
@compute @workgroup_size(WORKGROUP)
fn values(at: Invocation) {
  let sum = hitsAndMisses(at);
  let group = groupOf(at);
  if (at.local > 0u || group >= sizes.batch * sizes.classes) { return; }
  terms[group] = shareOf(group) * (sum.y / (sum.x + sum.y + 1.0));
}

// (pieces, dloss) -> slopes, by a workgroup for each.
@compute @workgroup_size(WORKGROUP)
fn derivatives(at: Invocation) {
  let sum = hitsAndMisses(at);
  let group = groupOf(at);
  if (at.local > 0u || group >= sizes.batch * sizes.classes) { return; }
  let total = sum.x + sum.y + 1.0;
  slopes[group] = dloss[0] * shareOf(group) * vec2f(-sum.y, sum.x + 1.0) / total / total;
}

// (logits, labels, slopes) -> dlogits.
@compute @workgroup_size(WORKGROUP)
fn gradient(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.batch * sizes.positions) { return; }
  let image = i / sizes.positions;
  let pixel = pixelOf(i);
  for (var channel = 0u; channel < sizes.classes; channel++) {
    let k = classOf(channel);
    let slope = slopes[image * sizes.classes + channel];
    let rise = select(1.0, 2.0 * errorOf(i, pixel, k), sizes.squared == 1u);
    let off = 2.0 * sizes.alpha * rise * slope.y;
    let on = 2.0 * slope.x - 2.0 * sizes.beta * rise * slope.y;
    dlogits[i * sizes.classes + channel] = select(off, on, k == pixel.label);
  }
  throughSoftmax(i, pixel);
}

// The sums over the pieces of the image and channel of this workgroup.
fn hitsAndMisses(at: Invocation) -> vec2f {
  let first = groupOf(at) * sizes.pieces;
  var own = vec2f();
  if (groupOf(at) < sizes.batch * sizes.classes) {
    for (var piece = at.local; piece < sizes.pieces; piece += WORKGROUP) { own += pieces[first + piece]; }
  }
  return workgroupSums(at.local, own);
}

// What an image and channel counts for in the mean.
fn shareOf(group: u32) -> f32 {
  return weightOf(group % sizes.classes) / f32(sizes.batch);
}
