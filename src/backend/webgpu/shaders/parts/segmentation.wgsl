// The softmax of a pixel, for the losses. A single logit z counts as two, those of background and foreground: 0 and z; of
// these, the foreground alone has a channel. The shader that uses this part declares `logits`, `labels`, `dlogits`, and
// `sizes` with `classes` (the channels) and `weights`.
// uses: math

struct Pixel {
  label: u32,
  // The class of the largest logit, and that logit.
  likeliest: u32,
  largest: f32,
  // The powers exp(z - largest) of the label, of all other classes together, and of all: a probability is a power divided
  // by `total`, and 1 - p of the label is `others` / `total`, in which nothing cancels.
  own: f32,
  others: f32,
  total: f32,
}

fn pixelOf(i: u32) -> Pixel {
  var pixel = Pixel();
  pixel.label = labelOf(i);
  pixel.largest = logit(i, 0u);
  let outcomes = max(sizes.classes, 2u);
  for (var k = 1u; k < outcomes; k++) {
    // A NaN that is met stays the largest.
    let z = logit(i, k);
    if (isNan(z) || z > pixel.largest) {
      pixel.largest = z;
      pixel.likeliest = k;
    }
  }
  for (var k = 0u; k < outcomes; k++) {
    let power = powerOf(i, pixel, k);
    if (k == pixel.label) { pixel.own = power; } else { pixel.others += power; }
  }
  pixel.total = pixel.own + pixel.others;
  return pixel;
}

// exp(z - largest) of class k.
fn powerOf(i: u32, pixel: Pixel, k: u32) -> f32 {
  return exp_(logit(i, k) - pixel.largest);
}

// |t - p| of class k.
fn errorOf(i: u32, pixel: Pixel, k: u32) -> f32 {
  if (k == pixel.label) { return pixel.others / pixel.total; }
  return powerOf(i, pixel, k) / pixel.total;
}

fn logit(i: u32, k: u32) -> f32 {
  if (sizes.classes == 1u) { return select(0.0, logits[i], k == 1u); }
  return logits[i * sizes.classes + k];
}

fn labelOf(i: u32) -> u32 {
  if (sizes.classes == 1u) { return select(0u, 1u, labels[i] > 0.0); }
  return u32(labels[i]);
}

// The class that a channel of the logits is of.
fn classOf(channel: u32) -> u32 {
  return select(channel, 1u, sizes.classes == 1u);
}

fn weightOf(k: u32) -> f32 {
  return sizes.weights[k / 4u][k % 4u];
}

// Turns the derivatives by the probabilities, which lie in dlogits, into those by the logits: p (s - mean of s). Slopes are
// taken relative to that of the likeliest class, so that nothing cancels where its p is nearly 1.
fn throughSoftmax(i: u32, pixel: Pixel) {
  let base = slopeOf(i, pixel.likeliest);
  var mean = 0.0;
  for (var k = 0u; k < max(sizes.classes, 2u); k++) {
    mean += powerOf(i, pixel, k) / pixel.total * (slopeOf(i, k) - base);
  }
  for (var channel = 0u; channel < sizes.classes; channel++) {
    let k = classOf(channel);
    dlogits[i * sizes.classes + channel] = powerOf(i, pixel, k) / pixel.total * (slopeOf(i, k) - base - mean);
  }
}

fn slopeOf(i: u32, k: u32) -> f32 {
  if (sizes.classes == 1u) { return select(0.0, dlogits[i], k == 1u); }
  return dlogits[i * sizes.classes + k];
}
