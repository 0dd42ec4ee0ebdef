// The Lovász hinge and the Lovász-softmax; src/ops/lovasz.ts has the source. A surface is what an image and a class (the
// foreground, where there is one channel) add to the loss. Its pixels are sorted, those of the largest error first (the keys
// are those of -|t - p|, or of the margin, the error of which is 1 - margin); then they are counted in that order. Surfaces
// are worked on in chunks: some images, and a range of their channels.
// uses: grid, math, segmentation, sum

struct Sizes {
  batch: u32,
  positions: u32,
  classes: u32,
  // the chunk: its first image and channel, the number of channels and of surfaces
  image: u32,
  channel: u32,
  channels: u32,
  surfaces: u32,
  // workgroups of pixels of a surface
  blocks: u32,
  weights: array<vec4f, 64>,
}

struct Surface {
  // the pixels that are of the class
  all: u32,
  // what the surface counts for in the mean
  share: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> labels: array<f32>;
@group(0) @binding(3) var<storage, read_write> surfaces: array<Surface>;
// For each surface of the chunk and each of its pixels: a key, and the word 2 x the place of the pixel + whether it is of
// the class.
@group(0) @binding(4) var<storage, read_write> pairs: array<vec2u>;
// The pixels of the class in each block.
@group(0) @binding(5) var<storage, read_write> counts: array<u32>;
// the value: the part of each block
@group(0) @binding(6) var<storage, read_write> losses: array<f32>;
// the gradient:
@group(0) @binding(6) var<storage, read_write> dlogits: array<f32>;
@group(0) @binding(7) var<storage, read_write> dloss: array<f32>;

var<workgroup> found: array<atomic<u32>, WORKGROUP>;

// (labels) -> surfaces, by a workgroup for each image.
@compute @workgroup_size(WORKGROUP)
fn shares(at: Invocation) {
  let image = groupOf(at);
  let start = image * sizes.positions;
  if (image < sizes.batch) {
    for (var i = at.local; i < sizes.positions; i += WORKGROUP) { atomicAdd(&found[labelOf(start + i)], 1u); }
  }
  workgroupBarrier();
  if (image >= sizes.batch || at.local >= sizes.classes) { return; }
  let all = atomicLoad(&found[classOf(at.local)]);
  var share = 1.0;
  if (sizes.classes > 1u) {
    var sum = 0.0;
    for (var k = 0u; k < sizes.classes; k++) { sum += presentWeight(k); }
    let own = presentWeight(at.local);
    share = select(0.0, own / sum, own > 0.0);
  }
  surfaces[image * sizes.classes + at.local] = Surface(all, share / f32(sizes.batch));
}

// The weight of a class, if a pixel is of it.
fn presentWeight(k: u32) -> f32 {
  return select(0.0, weightOf(k), atomicLoad(&found[k]) > 0u);
}

// (logits, labels) -> pairs in the order of the pixels.
@compute @workgroup_size(WORKGROUP)
fn keys(at: Invocation) {
  let element = elementOf(at);
  let image = element / sizes.positions;
  if (image * sizes.channels >= sizes.surfaces) { return; }
  let place = element % sizes.positions;
  let i = sizes.image * sizes.positions + element;
  let pixel = pixelOf(i);
  for (var channel = 0u; channel < sizes.channels; channel++) {
    let k = classOf(sizes.channel + channel);
    let on = k == pixel.label;
    var value = select(-logit(i, k), logit(i, k), on);
    if (sizes.classes > 1u) { value = -errorOf(i, pixel, k); }
    let pair = vec2u(keyOf(value), 2u * place + select(0u, 1u, on));
    pairs[(image * sizes.channels + channel) * sizes.positions + place] = pair;
  }
}

// Bits that are ordered, as unsigned numbers, as their float32 are; -0 is as large as 0.
fn keyOf(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  if (bits == 0x80000000u) { return bits; }
  return select(bits ^ 0x80000000u, ~bits, bits > 0x80000000u);
}

fn valueOf(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key ^ 0x80000000u, key >= 0x80000000u));
}

// Pixels of an invocation.
const SPAN = 4u;

// The pixels of an invocation: their places in the order, and how many are of the class.
struct Run {
  surface: u32,
  start: u32,
  end: u32,
  count: u32,
}

fn runOf(at: Invocation) -> Run {
  let group = groupOf(at);
  var run = Run();
  run.surface = group / sizes.blocks;
  // The workgroups of the last row may be more than the blocks.
  if (run.surface >= sizes.surfaces) { return run; }
  run.start = min((group % sizes.blocks * WORKGROUP + at.local) * SPAN, sizes.positions);
  run.end = min(run.start + SPAN, sizes.positions);
  for (var place = run.start; place < run.end; place++) { run.count += pairAt(run, place).y & 1u; }
  return run;
}

fn pairAt(run: Run, place: u32) -> vec2u {
  return pairs[run.surface * sizes.positions + place];
}

// (pairs) -> counts.
@compute @workgroup_size(WORKGROUP)
fn count(at: Invocation) {
  let run = runOf(at);
  let upTo = countUpTo(at.local, run.count);
  if (run.surface < sizes.surfaces && at.local == WORKGROUP - 1u) { counts[groupOf(at)] = upTo; }
}

// (pairs, counts, surfaces) -> losses.
@compute @workgroup_size(WORKGROUP)
fn values(at: Invocation) {
  let run = runOf(at);
  var missed = missedBefore(at, run);
  let surface = surfaceOf(run);
  var own = 0.0;
  for (var place = run.start; place < run.end; place++) {
    let pair = pairAt(run, place);
    missed += pair.y & 1u;
    let error = errorOfKey(pair.x);
    if (adds(error)) { own += error * increment(surface.all, missed, place + 1u - missed, pair.y); }
  }
  let sum = workgroupSum(at.local, own);
  if (run.surface < sizes.surfaces && at.local == 0u) {
    let start = (sizes.image * sizes.classes + sizes.channel) * sizes.blocks;
    losses[start + groupOf(at)] = select(0.0, surface.share * sum, surface.share > 0.0);
  }
}

// (pairs, counts, surfaces, dloss) -> dlogits, by the logit where there is one, else by the probabilities.
@compute @workgroup_size(WORKGROUP)
fn derivatives(at: Invocation) {
  let run = runOf(at);
  var missed = missedBefore(at, run);
  let surface = surfaceOf(run);
  let image = sizes.image + run.surface / sizes.channels;
  let channel = sizes.channel + run.surface % sizes.channels;
  for (var place = run.start; place < run.end; place++) {
    let pair = pairAt(run, place);
    missed += pair.y & 1u;
    var slope = 0.0;
    if (surface.share > 0.0 && adds(errorOfKey(pair.x))) {
      slope = dloss[0] * surface.share * increment(surface.all, missed, place + 1u - missed, pair.y);
    }
    // The error of a pixel of the class falls with the logit or the probability, that of another rises.
    let pixel = image * sizes.positions + pair.y / 2u;
    dlogits[pixel * sizes.classes + channel] = select(slope, -slope, (pair.y & 1u) == 1u);
  }
}

// (logits, labels, dlogits by the probabilities) -> dlogits.
@compute @workgroup_size(WORKGROUP)
fn gradient(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.batch * sizes.positions) { return; }
  throughSoftmax(i, pixelOf(i));
}

fn surfaceOf(run: Run) -> Surface {
  if (run.surface >= sizes.surfaces) { return Surface(); }
  let image = sizes.image + run.surface / sizes.channels;
  return surfaces[image * sizes.classes + sizes.channel + run.surface % sizes.channels];
}

fn errorOfKey(key: u32) -> f32 {
  let value = valueOf(key);
  return select(-value, 1.0 - value, sizes.classes == 1u);
}

// An error that is no number must be seen in the loss.
fn adds(error: f32) -> bool {
  return isNan(error) || error > 0.0;
}

// By how much the Jaccard loss (missed + wrong) / (all + wrong) has grown with the last pixel, which is counted in already,
// and whose word tells whether it is of the class. Written without the difference of two quotients.
fn increment(all: u32, missed: u32, wrong: u32, word: u32) -> f32 {
  let both = f32(all + wrong);
  if ((word & 1u) == 1u) { return 1.0 / both; }
  // Where there is nothing, the first wrong pixel is the whole of the loss.
  if (all == 0u) { return select(0.0, 1.0, wrong == 1u); }
  return f32(all - missed) / both / f32(all + wrong - 1u);
}

// The pixels of the class before those of this invocation, in the order of the surface.
fn missedBefore(at: Invocation, run: Run) -> u32 {
  let group = groupOf(at);
  let block = group % sizes.blocks;
  var earlier = 0u;
  if (run.surface < sizes.surfaces) {
    for (var b = at.local; b < block; b += WORKGROUP) { earlier += counts[group - block + b]; }
  }
  let inBlock = countUpTo(at.local, run.count) - run.count;
  countUpTo(at.local, earlier);
  return tallies[WORKGROUP - 1u] + inBlock;
}

var<workgroup> tallies: array<u32, WORKGROUP>;

// The sum of the numbers of the invocations of a workgroup up to this one; the last of `tallies` is the sum of all.
fn countUpTo(local: u32, own: u32) -> u32 {
  // Somebody may still be reading the sums before these.
  workgroupBarrier();
  tallies[local] = own;
  for (var step = 1u; step < WORKGROUP; step *= 2u) {
    workgroupBarrier();
    var before = 0u;
    if (local >= step) { before = tallies[local - step]; }
    workgroupBarrier();
    tallies[local] += before;
  }
  workgroupBarrier();
  return tallies[local];
}
