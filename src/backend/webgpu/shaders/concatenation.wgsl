// Concatenation along the channels and its inverse, for up to seven parts of the whole that lie side by side.
// uses: grid

struct Sizes {
  // elements of these parts
  count: u32,
  // of a pixel of the whole
  channels: u32,
  // where the first of these parts begins in a pixel of the whole
  first: u32,
  // where each part ends, counted from there; parts that are not there end with the last one
  end0: u32,
  end1: u32,
  end2: u32,
  end3: u32,
  end4: u32,
  end5: u32,
  end6: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> whole: array<f32>;
@group(0) @binding(2) var<storage, read_write> part0: array<f32>;
@group(0) @binding(3) var<storage, read_write> part1: array<f32>;
@group(0) @binding(4) var<storage, read_write> part2: array<f32>;
@group(0) @binding(5) var<storage, read_write> part3: array<f32>;
@group(0) @binding(6) var<storage, read_write> part4: array<f32>;
@group(0) @binding(7) var<storage, read_write> part5: array<f32>;
@group(0) @binding(8) var<storage, read_write> part6: array<f32>;

// (x...) -> y: neighbouring invocations write neighbours, from whichever part they come.
@compute @workgroup_size(WORKGROUP)
fn concat(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.count) { return; }
  let pixel = i / sizes.end6;
  let c = i % sizes.end6;
  whole[pixel * sizes.channels + sizes.first + c] = read(pixel, c);
}

// (y) -> x...
@compute @workgroup_size(WORKGROUP)
fn split(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.count) { return; }
  let pixel = i / sizes.end6;
  let c = i % sizes.end6;
  write(pixel, c, whole[pixel * sizes.channels + sizes.first + c]);
}

fn read(pixel: u32, c: u32) -> f32 {
  if (c < sizes.end0) { return part0[inPart(pixel, c, 0u, sizes.end0)]; }
  if (c < sizes.end1) { return part1[inPart(pixel, c, sizes.end0, sizes.end1)]; }
  if (c < sizes.end2) { return part2[inPart(pixel, c, sizes.end1, sizes.end2)]; }
  if (c < sizes.end3) { return part3[inPart(pixel, c, sizes.end2, sizes.end3)]; }
  if (c < sizes.end4) { return part4[inPart(pixel, c, sizes.end3, sizes.end4)]; }
  if (c < sizes.end5) { return part5[inPart(pixel, c, sizes.end4, sizes.end5)]; }
  return part6[inPart(pixel, c, sizes.end5, sizes.end6)];
}

fn write(pixel: u32, c: u32, value: f32) {
  if (c < sizes.end0) { part0[inPart(pixel, c, 0u, sizes.end0)] = value; return; }
  if (c < sizes.end1) { part1[inPart(pixel, c, sizes.end0, sizes.end1)] = value; return; }
  if (c < sizes.end2) { part2[inPart(pixel, c, sizes.end1, sizes.end2)] = value; return; }
  if (c < sizes.end3) { part3[inPart(pixel, c, sizes.end2, sizes.end3)] = value; return; }
  if (c < sizes.end4) { part4[inPart(pixel, c, sizes.end3, sizes.end4)] = value; return; }
  if (c < sizes.end5) { part5[inPart(pixel, c, sizes.end4, sizes.end5)] = value; return; }
  part6[inPart(pixel, c, sizes.end5, sizes.end6)] = value;
}

// The element of a part that takes channels `begin` to `end - 1`.
fn inPart(pixel: u32, c: u32, begin: u32, end: u32) -> u32 {
  return pixel * (end - begin) + c - begin;
}
