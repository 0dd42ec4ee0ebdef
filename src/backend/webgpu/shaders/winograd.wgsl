// 3x3 'same' convolution in the Winograd domain, all three passes: F(4x4, 3x3) turns a tile of 6x6 pixels into 36
// points, each of which is a matrix product of its own over the channels, and the products into 4x4 pixels. Winograd,
// "Arithmetic complexity of computations", 1980; Lavin and Gray, 2016: Y = A^T [(G g G^T) . (B^T d B)] A. The points are
// 0, +-a, +-b and infinity with a = sqrt(1/2), b = sqrt(2), as in assembly/winograd-transforms.ts.
//
// Tiles are counted over all images; a dispatch takes a run of them, so that the workspace does not grow with the image.
// Points lie as [36, tiles, channels], filters as [36, channels in, channels out].
// uses: grid

// How the sums begin: 0 with zero, 1 with the bias, 2 with what lies in the output.
override begin = 0u;
override relu = 0u;

struct Sizes {
  // the tiles of the run, and which is the first
  tiles: u32,
  firstTile: u32,
  // tiles of an image, across and in all
  tilesAcross: u32,
  tilesOfImage: u32,
  height: u32,
  width: u32,
  // channels of the tensor, and its first among those of the points
  channels: u32,
  firstChannel: u32,
  // channels of the points, or of the first factor of a product
  inChannels: u32,
  // columns of a product
  outChannels: u32,
  // pieces that a sum over tiles is cut into, and the tiles of each
  pieces: u32,
  pieceTiles: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> bias: array<f32>;
@group(0) @binding(1) var<storage, read_write> a4: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> b4: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> c4: array<vec4f>;

const A = 0.70710678118654752;
const B = 1.41421356237309505;
const A_CUBED = 0.35355339059327376;
const B_CUBED = 2.82842712474619010;
// a / (-3/2) and b / 6
const A_SCALED = -0.47140452079103168;
const B_SCALED = 0.23570226039551584;
const THIRD = 0.33333333333333333;
const SIXTH = 0.16666666666666667;

alias Six = array<f32, 6>;
alias Four = array<f32, 4>;
alias Three = array<f32, 3>;

// v = B^T d: six pixels to six points.
fn inputPoints(d: Six) -> Six {
  let even = d[4] - 2.0 * d[2];
  let odd = (d[3] - 2.0 * d[1]) * A;
  let far = d[4] - 0.5 * d[2];
  let wide = (d[3] - 0.5 * d[1]) * B;
  return Six(d[0] + (d[4] - 2.5 * d[2]), even + odd, even - odd, far + wide, far - wide, d[1] + (d[5] - 2.5 * d[3]));
}

// y = A^T m: six points to four pixels.
fn outputPixels(m: Six) -> Four {
  let near = m[1] + m[2];
  let tilt = m[1] - m[2];
  let far = m[3] + m[4];
  let slope = m[3] - m[4];
  return Four(
    m[0] + (near + far),
    tilt * A + slope * B,
    near * 0.5 + (far + far),
    m[5] + (tilt * A_CUBED + slope * B_CUBED),
  );
}

// u = G g: three taps to six points.
fn filterPoints(g: Three) -> Six {
  let near = (g[0] + 0.5 * g[2]) * (-2.0 * THIRD);
  let tilt = g[1] * A_SCALED;
  let far = g[0] * SIXTH + g[2] * THIRD;
  let slope = g[1] * B_SCALED;
  return Six(g[0], near + tilt, near - tilt, far + slope, far - slope, g[2]);
}

// m = A y, the transpose of `outputPixels`: the gradients of four pixels to those of six points.
fn gradientPoints(y: Four) -> Six {
  let near = y[0] + 0.5 * y[2];
  let tilt = y[1] * A + y[3] * A_CUBED;
  let far = y[0] + 2.0 * y[2];
  let slope = y[1] * B + y[3] * B_CUBED;
  return Six(y[0], near + tilt, near - tilt, far + slope, far - slope, y[3]);
}

// g = G^T u, the transpose of `filterPoints`: the gradients of six points to those of three taps.
fn gradientTaps(u: Six) -> Three {
  let near = u[1] + u[2];
  let tilt = u[1] - u[2];
  let far = u[3] + u[4];
  let slope = u[3] - u[4];
  return Three(
    u[0] + (far * SIXTH - near * (2.0 * THIRD)),
    tilt * A_SCALED + slope * B_SCALED,
    u[5] + (far - near) * THIRD,
  );
}

struct Tile {
  // its image, and the row and the column of its first pixel
  image: u32,
  i: u32,
  j: u32,
}

fn tileAt(tile: u32) -> Tile {
  let number = sizes.firstTile + tile;
  let inImage = number % sizes.tilesOfImage;
  return Tile(number / sizes.tilesOfImage, inImage / sizes.tilesAcross * 4u, inImage % sizes.tilesAcross * 4u);
}

// Where a pixel of an image begins in the tensor.
fn pixel(tile: Tile, i: u32, j: u32) -> u32 {
  return ((tile.image * sizes.height + i) * sizes.width + j) * sizes.channels;
}

// (x) -> points: a tile and a channel.
@compute @workgroup_size(WORKGROUP)
fn pointsOfInput(at: Invocation) {
  let tile = elementOf(at) / sizes.channels;
  let c = elementOf(at) % sizes.channels;
  if (tile >= sizes.tiles) { return; }
  let place = tileAt(tile);
  var lines: array<Six, 6>;
  for (var p = 0u; p < 6u; p++) {
    // One above 0: the row before the first is no row.
    let i = place.i + p;
    var d: Six;
    for (var q = 0u; q < 6u; q++) {
      let j = place.j + q;
      d[q] = 0.0;
      if (i >= 1u && i <= sizes.height && j >= 1u && j <= sizes.width) { d[q] = a[pixel(place, i - 1u, j - 1u) + c]; }
    }
    lines[p] = inputPoints(d);
  }
  let to = tile * sizes.inChannels + sizes.firstChannel + c;
  let stride = sizes.tiles * sizes.inChannels;
  for (var q = 0u; q < 6u; q++) {
    let v = inputPoints(Six(lines[0][q], lines[1][q], lines[2][q], lines[3][q], lines[4][q], lines[5][q]));
    for (var p = 0u; p < 6u; p++) { b[to + (p * 6u + q) * stride] = v[p]; }
  }
}

// (dy) -> points of the output's gradient: a tile and a channel.
@compute @workgroup_size(WORKGROUP)
fn pointsOfGradient(at: Invocation) {
  let tile = elementOf(at) / sizes.channels;
  let o = elementOf(at) % sizes.channels;
  if (tile >= sizes.tiles) { return; }
  let place = tileAt(tile);
  var lines: array<Six, 4>;
  for (var p = 0u; p < 4u; p++) {
    var y: Four;
    for (var q = 0u; q < 4u; q++) {
      y[q] = 0.0;
      if (place.i + p < sizes.height && place.j + q < sizes.width) { y[q] = a[pixel(place, place.i + p, place.j + q) + o]; }
    }
    lines[p] = gradientPoints(y);
  }
  let stride = sizes.tiles * sizes.channels;
  for (var q = 0u; q < 6u; q++) {
    let m = gradientPoints(Four(lines[0][q], lines[1][q], lines[2][q], lines[3][q]));
    for (var p = 0u; p < 6u; p++) { b[elementOf(at) + (p * 6u + q) * stride] = m[p]; }
  }
}

// (products, y, b) -> y: a tile and a channel.
@compute @workgroup_size(WORKGROUP)
fn pixelsOfOutput(at: Invocation) {
  let tile = elementOf(at) / sizes.channels;
  let o = elementOf(at) % sizes.channels;
  if (tile >= sizes.tiles) { return; }
  let place = tileAt(tile);
  let start = tile * sizes.outChannels + sizes.firstChannel + o;
  let stride = sizes.tiles * sizes.outChannels;
  var lines: array<Four, 6>;
  for (var p = 0u; p < 6u; p++) {
    var m: Six;
    for (var q = 0u; q < 6u; q++) { m[q] = a[start + (p * 6u + q) * stride]; }
    lines[p] = outputPixels(m);
  }
  var shift = 0.0;
  if (begin == 1u) { shift = bias[o]; }
  for (var q = 0u; q < 4u; q++) {
    let y = outputPixels(Six(lines[0][q], lines[1][q], lines[2][q], lines[3][q], lines[4][q], lines[5][q]));
    for (var p = 0u; p < 4u; p++) {
      if (place.i + p < sizes.height && place.j + q < sizes.width) {
        let sum = y[p] + shift;
        b[pixel(place, place.i + p, place.j + q) + o] = select(sum, 0.0, relu == 1u && sum < 0.0);
      }
    }
  }
}

// (w) -> filters [36, in, out].
@compute @workgroup_size(WORKGROUP)
fn filters(at: Invocation) {
  transform(elementOf(at), elementOf(at), false);
}

// (w) -> the filters [36, out, in] that lead from the output back to the input: the taps turned round.
@compute @workgroup_size(WORKGROUP)
fn turnedFilters(at: Invocation) {
  let c = elementOf(at) % sizes.inChannels;
  let o = elementOf(at) / sizes.inChannels;
  transform(c * sizes.outChannels + o, elementOf(at), true);
}

// Transforms the taps of a pair of channels.
fn transform(start: u32, to: u32, turned: bool) {
  let stride = sizes.inChannels * sizes.outChannels;
  if (to >= stride) { return; }
  var lines: array<Six, 3>;
  for (var p = 0u; p < 3u; p++) {
    var g: Three;
    for (var q = 0u; q < 3u; q++) {
      let tap = p * 3u + q;
      g[q] = a[start + select(tap, 8u - tap, turned) * stride];
    }
    lines[p] = filterPoints(g);
  }
  for (var q = 0u; q < 6u; q++) {
    let u = filterPoints(Three(lines[0][q], lines[1][q], lines[2][q]));
    for (var p = 0u; p < 6u; p++) { b[to + (p * 6u + q) * stride] = u[p]; }
  }
}

// (sums over tiles, in pieces) -> dw: a pair of channels.
@compute @workgroup_size(WORKGROUP)
fn taps(at: Invocation) {
  let stride = sizes.inChannels * sizes.outChannels;
  let pair = elementOf(at);
  if (pair >= stride) { return; }
  var lines: array<Three, 6>;
  for (var p = 0u; p < 6u; p++) {
    var u: Six;
    for (var q = 0u; q < 6u; q++) {
      var sum = a[(p * 6u + q) * stride + pair];
      for (var piece = 1u; piece < sizes.pieces; piece++) { sum += a[(piece * 36u + p * 6u + q) * stride + pair]; }
      u[q] = sum;
    }
    lines[p] = gradientTaps(u);
  }
  for (var q = 0u; q < 3u; q++) {
    let g = gradientTaps(Six(lines[0][q], lines[1][q], lines[2][q], lines[3][q], lines[4][q], lines[5][q]));
    for (var p = 0u; p < 3u; p++) { b[(p * 3u + q) * stride + pair] = g[p]; }
  }
}

// (points, filters) -> products: four tiles by two vectors of columns, of one of the 36.
@compute @workgroup_size(WORKGROUP)
fn products(at: Invocation) {
  let columns = sizes.outChannels / 4u;
  let blocks = (columns + 1u) / 2u;
  let channels = sizes.inChannels / 4u;
  let tileBlocks = (sizes.tiles + 3u) / 4u;
  let element = elementOf(at);
  let left = element % blocks;
  let first = element / blocks % tileBlocks * 4u;
  let point = element / (blocks * tileBlocks);
  if (point >= 36u) { return; }
  // The second vector lies beside those of the other invocations; without one, the first is computed twice.
  let both = left + blocks < columns;
  let right = select(left, left + blocks, both);
  var starts: array<u32, 4>;
  for (var k = 0u; k < 4u; k++) { starts[k] = (point * sizes.tiles + min(first + k, sizes.tiles - 1u)) * channels; }
  var sums: array<array<vec4f, 2>, 4>;
  for (var c = 0u; c < channels; c++) {
    var v: array<vec4f, 4>;
    for (var k = 0u; k < 4u; k++) { v[k] = a4[starts[k] + c]; }
    for (var q = 0u; q < 4u; q++) {
      let row = (point * sizes.inChannels + 4u * c + q) * columns;
      let u = array(b4[row + left], b4[row + right]);
      for (var k = 0u; k < 4u; k++) {
        sums[k][0] += v[k][q] * u[0];
        sums[k][1] += v[k][q] * u[1];
      }
    }
  }
  for (var k = 0u; k < 4u && first + k < sizes.tiles; k++) {
    let to = (point * sizes.tiles + first + k) * columns;
    c4[to + left] = sums[k][0];
    if (both) { c4[to + right] = sums[k][1]; }
  }
}

// (points, points of the gradient) -> a piece of the sums over tiles: four channels by two vectors of columns, of one of
// the 36.
@compute @workgroup_size(WORKGROUP)
fn weightProducts(at: Invocation) {
  let columns = sizes.outChannels / 4u;
  let blocks = (columns + 1u) / 2u;
  let channels = sizes.inChannels / 4u;
  let element = elementOf(at);
  let left = element % blocks;
  let channel = element / blocks % channels;
  let point = element / (blocks * channels) % 36u;
  let piece = element / (blocks * channels * 36u);
  if (piece >= sizes.pieces) { return; }
  // The second vector lies beside those of the other invocations; without one, the first is computed twice.
  let both = left + blocks < columns;
  let right = select(left, left + blocks, both);
  let to = ((piece * 36u + point) * sizes.inChannels + 4u * channel) * columns;
  var sums: array<array<vec4f, 2>, 4>;
  if (begin == 2u) {
    for (var k = 0u; k < 4u; k++) { sums[k] = array(c4[to + k * columns + left], c4[to + k * columns + right]); }
  }
  let end = min((piece + 1u) * sizes.pieceTiles, sizes.tiles);
  for (var tile = piece * sizes.pieceTiles; tile < end; tile++) {
    let line = point * sizes.tiles + tile;
    let v = a4[line * channels + channel];
    let m = array(b4[line * columns + left], b4[line * columns + right]);
    for (var k = 0u; k < 4u; k++) {
      sums[k][0] += v[k] * m[0];
      sums[k][1] += v[k] * m[1];
    }
  }
  for (var k = 0u; k < 4u; k++) {
    c4[to + k * columns + left] = sums[k][0];
    if (both) { c4[to + k * columns + right] = sums[k][1]; }
  }
}
