// Cross-entropy from the softmax, with the modulation of the focal loss; src/ops/cross-entropy.ts has the formula.
// uses: grid, math, segmentation, sum

struct Sizes {
  pixels: u32,
  classes: u32,
  gamma: f32,
  weights: array<vec4f, 64>,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> labels: array<f32>;
// the value:
@group(0) @binding(3) var<storage, read_write> pieces: array<f32>;
// the gradient:
@group(0) @binding(3) var<storage, read_write> dloss: array<f32>;
@group(0) @binding(4) var<storage, read_write> dlogits: array<f32>;

// (logits, labels) -> the sum over the pixels of each workgroup.
@compute @workgroup_size(WORKGROUP)
fn sums(at: Invocation) {
  let i = elementOf(at);
  let there = i < sizes.pixels;
  var loss = 0.0;
  if (there) {
    let pixel = pixelOf(i);
    loss = weightOf(pixel.label) * modulation(pixel) * negLogProb(i, pixel);
  }
  let sum = workgroupSum(at.local, loss);
  if (there && at.local == 0u) { pieces[groupOf(at)] = sum; }
}

// (logits, labels, dloss) -> dlogits. What the label's logit loses, the others share as they share 1 - p: a shift of all
// logits changes nothing.
@compute @workgroup_size(WORKGROUP)
fn gradient(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.pixels) { return; }
  let pixel = pixelOf(i);
  var loses = pixel.others / pixel.total;
  if (sizes.gamma > 0.0) {
    let focus = sizes.gamma * (pixel.own / pixel.total) * negLogProb(i, pixel);
    loses = modulation(pixel) * (loses + focus);
  }
  loses *= dloss[0] / f32(sizes.pixels) * weightOf(pixel.label);
  for (var channel = 0u; channel < sizes.classes; channel++) {
    let k = classOf(channel);
    var share = -1.0;
    if (k != pixel.label) {
      // Where no other class has a probability, nothing is lost.
      share = select(0.0, powerOf(i, pixel, k) / pixel.others, pixel.others > 0.0);
    }
    dlogits[i * sizes.classes + channel] = loses * share;
  }
}

// -ln p of the label.
fn negLogProb(i: u32, pixel: Pixel) -> f32 {
  let gap = pixel.largest - logit(i, pixel.label);
  // ln of the total; where the label is the largest, its own power is 1.
  let rest = select(pixel.total - 1.0, pixel.others, gap == 0.0);
  return log1p_(rest) + gap;
}

// (1 - p)^gamma of the label.
fn modulation(pixel: Pixel) -> f32 {
  if (sizes.gamma == 0.0) { return 1.0; }
  if (pixel.others == 0.0) { return 0.0; }
  return exp_(sizes.gamma * (log_(pixel.others) - log_(pixel.total)));
}
