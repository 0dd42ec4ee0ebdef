// How passes over whole tensors are shared out. A tensor is matrices below each other, with a row for each pixel and a
// column for each channel. A workgroup takes `width` neighbouring channels of a block of pixels, and an invocation one
// channel of every `rows`-th pixel: neighbours read neighbours, and what belongs to a channel is loaded once.
// uses: grid

// Eight words, as what follows a struct among uniforms begins at a multiple of four.
struct Columns {
  matrices: u32,
  pixels: u32,
  channels: u32,
  // Channels of a workgroup, a power of two, and the invocations that share each of them.
  width: u32,
  rows: u32,
  // Workgroups side by side, and below each other.
  tiles: u32,
  blocks: u32,
  // Pixels of a block.
  length: u32,
}

// What an invocation does: the elements first, first + step, … below end.
struct Share {
  matrix: u32,
  channel: u32,
  first: u32,
  end: u32,
  step: u32,
  // Whether it writes the sum of its block, and where: [matrices, channels, blocks].
  leads: bool,
  place: u32,
}

// Those beyond the last channel or matrix have nothing to do, but come along to the barriers.
fn shareOf(at: Invocation, columns: Columns) -> Share {
  let tile = groupOf(at) % columns.tiles;
  let block = groupOf(at) / columns.tiles % columns.blocks;
  let matrix = groupOf(at) / columns.tiles / columns.blocks;
  let channel = tile * columns.width + at.local % columns.width;
  let row = at.local / columns.width;
  var share: Share;
  if (matrix >= columns.matrices || channel >= columns.channels) { return share; }
  let pixel = block * columns.length;
  let begin = matrix * columns.pixels + pixel;
  share.matrix = matrix;
  share.channel = channel;
  share.first = (begin + row) * columns.channels + channel;
  share.end = (begin + min(columns.length, columns.pixels - pixel)) * columns.channels;
  share.step = columns.rows * columns.channels;
  share.leads = row == 0u;
  share.place = (matrix * columns.channels + channel) * columns.blocks + block;
  return share;
}

var<workgroup> columnValues: array<f32, WORKGROUP>;

// The sum of `value` over the invocations of a column, of which a workgroup has `width`, a power of two; known to the
// first of each column. A tree of pairs: always the same bits.
fn columnSum(value: f32, local: u32, width: u32) -> f32 {
  if (width == WORKGROUP) { return value; }
  workgroupBarrier();
  columnValues[local] = value;
  for (var half = WORKGROUP / 2u; half >= width; half /= 2u) {
    workgroupBarrier();
    if (local < half) { columnValues[local] += columnValues[local + half]; }
  }
  return columnValues[local];
}
