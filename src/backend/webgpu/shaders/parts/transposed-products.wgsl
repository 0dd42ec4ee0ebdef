// The 2x2 transposed convolution and its gradients as matrix products. A pixel of the small image belongs to a block of
// four pixels of the large one, each by the weights of its tap 2 p + q. No quad of columns reaches from one tap into
// the next, whatever the number of channels. Buffers a to c come with the part `vectors` or `scalars`.
// uses: gemm

struct Sizes {
  // Pixels of the small image, all of the batch, and of a row of it.
  pixels: u32,
  width: u32,
  inChannels: u32,
  outChannels: u32,
  // Pixels that make a piece of the gradient of the weights, a multiple of DEPTH; each z of the grid makes one.
  piece: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(4) var<storage, read_write> bias: array<f32>;

// Variables of a loop get their zeros explicitly: declared without a value, they were seen to keep that of the round
// before.

// (x, w, y, bias): y = bias + [pixels, in] times [in, taps and out].
@compute @workgroup_size(WORKGROUP)
fn convTranspose2d(at: Invocation) {
  let tile = tileOf(at, tapQuads());
  let l = termsFirst(at);
  let r = quadsFirst(at);
  let rows = fourFrom(tile.row + 4u * l.quad, sizes.pixels) * sizes.inChannels;
  let column = columnOf(tile.quad + r.quad);
  let columns = column.tap * sizes.inChannels * sizes.outChannels + column.channel;
  var sums: array<vec4f, 4>;
  for (var k = 0u; k < sizes.inChannels; k += DEPTH) {
    var x = vec4f();
    var w = vec4f();
    if (k + l.term < sizes.inChannels) { x = gatherA(rows + k + l.term); }
    if (k + r.term < sizes.inChannels) { w = quadOfB(columns + (k + r.term) * sizes.outChannels, column.count); }
    fillLeft(l, x);
    fillRight(r, w);
    addProducts(at, &sums);
  }
  if (tile.quad + r.quad >= tapQuads()) { return; }
  let channels = fourFrom(column.channel, sizes.outChannels);
  let shift = vec4f(bias[channels.x], bias[channels.y], bias[channels.z], bias[channels.w]);
  for (var j = 0u; j < 4u; j++) {
    let pixel = tile.row + 4u * l.quad + j;
    if (pixel >= sizes.pixels) { return; }
    let place = cornerOf(pixel) + offsetOf(column.tap);
    setQuadOfC(place * sizes.outChannels + column.channel, column.count, sums[j] + shift);
  }
}

// (dy, w, dx): dx = [pixels, taps and out] times [taps and out, in].
@compute @workgroup_size(WORKGROUP)
fn convTranspose2dGradInput(at: Invocation) {
  let tile = tileOf(at, quadsOf(sizes.inChannels));
  let spot = termsFirst(at);
  let pixels = fourFrom(tile.row + 4u * spot.quad, sizes.pixels);
  let rows = vec4u(cornerOf(pixels.x), cornerOf(pixels.y), cornerOf(pixels.z), cornerOf(pixels.w)) * sizes.outChannels;
  let columns = fourFrom(4u * (tile.quad + spot.quad), sizes.inChannels) * sizes.outChannels;
  var sums: array<vec4f, 4>;
  for (var k = 0u; k < 4u * sizes.outChannels; k += DEPTH) {
    let tap = (k + spot.term) / sizes.outChannels;
    let channel = (k + spot.term) % sizes.outChannels;
    var dy = vec4f();
    var w = vec4f();
    if (tap < 4u) {
      dy = gatherA(rows + offsetOf(tap) * sizes.outChannels + channel);
      w = gatherB(columns + tap * sizes.inChannels * sizes.outChannels + channel);
    }
    fillLeft(spot, dy);
    fillRight(spot, w);
    addProducts(at, &sums);
  }
  let first = 4u * (tile.quad + at.local % QUADS);
  if (first >= sizes.inChannels) { return; }
  for (var j = 0u; j < 4u; j++) {
    let pixel = tile.row + 4u * (at.local / QUADS) + j;
    if (pixel >= sizes.pixels) { return; }
    setQuadOfC(pixel * sizes.inChannels + first, sizes.inChannels - first, sums[j]);
  }
}

// (x, dy, pieces): each piece = [in, its pixels] times [its pixels, taps and out], laid out like the weights.
@compute @workgroup_size(WORKGROUP)
fn convTranspose2dGradWeight(at: Invocation) {
  let tile = tileOf(at, tapQuads());
  let spot = quadsFirst(at);
  let row = 4u * min(tile.row / 4u + spot.quad, quadsOf(sizes.inChannels) - 1u);
  let column = columnOf(tile.quad + spot.quad);
  var sums: array<vec4f, 4>;
  for (var k = 0u; k < sizes.piece; k += DEPTH) {
    let pixel = at.group.z * sizes.piece + k + spot.term;
    var x = vec4f();
    var dy = vec4f();
    if (pixel < sizes.pixels) {
      x = quadOfA(pixel * sizes.inChannels + row, sizes.inChannels - row);
      let place = cornerOf(pixel) + offsetOf(column.tap);
      dy = quadOfB(place * sizes.outChannels + column.channel, column.count);
    }
    fillLeft(spot, x);
    fillRight(spot, dy);
    addProducts(at, &sums);
  }
  if (tile.quad + spot.quad >= tapQuads()) { return; }
  for (var j = 0u; j < 4u; j++) {
    let channel = tile.row + 4u * (at.local / QUADS) + j;
    if (channel >= sizes.inChannels) { return; }
    let matrix = 4u * at.group.z + column.tap;
    let to = (matrix * sizes.inChannels + channel) * sizes.outChannels + column.channel;
    setQuadOfC(to, column.count, sums[j]);
  }
}

// A quad of output channels of a tap.
struct Column {
  tap: u32,
  channel: u32,
  // How many channels there are from this one on.
  count: u32,
}

// The quad of that number, or the last.
fn columnOf(quad: u32) -> Column {
  let quads = quadsOf(sizes.outChannels);
  let known = min(quad, 4u * quads - 1u);
  let channel = 4u * (known % quads);
  return Column(known / quads, channel, sizes.outChannels - channel);
}

fn quadsOf(channels: u32) -> u32 {
  return (channels + 3u) / 4u;
}

// Quads of all taps.
fn tapQuads() -> u32 {
  return 4u * quadsOf(sizes.outChannels);
}

// The pixel of the large image that is the first of a pixel's block, and how far that of a tap is from it.
fn cornerOf(pixel: u32) -> u32 {
  return 4u * pixel - 2u * (pixel % sizes.width);
}

fn offsetOf(tap: u32) -> u32 {
  return tap / 2u * 2u * sizes.width + tap % 2u;
}

// Four numbers from the first on, or the last that is below the end.
fn fourFrom(first: u32, end: u32) -> vec4u {
  return min(first + vec4u(0u, 1u, 2u, 3u), vec4u(end - 1u));
}

fn gatherA(i: vec4u) -> vec4f {
  return vec4f(a[i.x], a[i.y], a[i.z], a[i.w]);
}

fn gatherB(i: vec4u) -> vec4f {
  return vec4f(b[i.x], b[i.y], b[i.z], b[i.w]);
}
