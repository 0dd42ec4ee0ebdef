// Sorts planes of pairs (key, word) in ascending order, by key and then by word. No two pairs of a plane have the same
// word, so that there is one order alone, which does not depend on how it is found: blocks are sorted in the memory of a
// workgroup by a bitonic network (Batcher, "Sorting networks and their applications", 1968), then merged two by two.
// uses: grid

// Pairs of a block: they fill the 16 KB that a workgroup has.
const BLOCK = 2048u;
// Comes behind all pairs.
const PADDING = vec2u(0xffffffffu, 0xffffffffu);

struct Sizes {
  planes: u32,
  // pairs of a plane
  positions: u32,
  // of a plane
  blocks: u32,
  // pairs of a run that is in order
  run: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> pairs: array<vec2u>;
@group(0) @binding(2) var<storage, read_write> merged: array<vec2u>;

var<workgroup> block: array<vec2u, BLOCK>;

// Sorts each block in its place.
@compute @workgroup_size(WORKGROUP)
fn blocks(at: Invocation) {
  let group = groupOf(at);
  let plane = group / sizes.blocks;
  let first = group % sizes.blocks * BLOCK;
  let start = plane * sizes.positions + first;
  // The workgroups of the last row may be more than the blocks.
  let count = select(0u, min(BLOCK, sizes.positions - first), plane < sizes.planes);
  for (var i = at.local; i < BLOCK; i += WORKGROUP) {
    block[i] = PADDING;
    if (i < count) { block[i] = pairs[start + i]; }
  }
  for (var size = 2u; size <= BLOCK; size *= 2u) {
    for (var stride = size / 2u; stride > 0u; stride /= 2u) {
      workgroupBarrier();
      for (var i = at.local; i < BLOCK / 2u; i += WORKGROUP) {
        let a = 2u * i - i % stride;
        let b = a + stride;
        let low = block[a];
        let high = block[b];
        // Every second sequence descends, but for the last, which is all there is.
        let descends = (a & size) != 0u;
        if (before(high, low) != descends) {
          block[a] = high;
          block[b] = low;
        }
      }
    }
  }
  workgroupBarrier();
  for (var i = at.local; i < count; i += WORKGROUP) { pairs[start + i] = block[i]; }
}

// (pairs) -> merged: runs two by two. The place of a pair is what comes before it in its own run and in the other one.
@compute @workgroup_size(WORKGROUP)
fn merge(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.planes * sizes.positions) { return; }
  let first = i / sizes.positions * sizes.positions;
  let run = (i - first) / sizes.run;
  let start = min((run ^ 1u) * sizes.run, sizes.positions);
  let end = min(start + sizes.run, sizes.positions);
  let pair = pairs[i];
  var low = start;
  var high = end;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (before(pairs[first + middle], pair)) { low = middle + 1u; } else { high = middle; }
  }
  // The run itself begins at the pair of runs, or behind the other one.
  let moved = low - start - select(0u, sizes.run, (run & 1u) == 1u);
  merged[i + moved] = pair;
}

fn before(a: vec2u, b: vec2u) -> bool {
  return a.x < b.x || (a.x == b.x && a.y < b.y);
}
