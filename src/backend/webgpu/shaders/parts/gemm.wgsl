// The tile of a matrix product that a workgroup computes: 64 rows by 64 columns, of which an invocation has four by
// four. Rows and columns are counted in quads, and both factors lie in workgroup memory as vectors of a quad. What is
// beyond the last row or column may be loaded as anything, as it is not stored; terms beyond the last must be 0.
// uses: grid

// Rows and columns of a tile, and their quads.
const TILE = 64u;
const QUADS = 16u;
// Terms of the sums that are loaded at once.
const DEPTH = 16u;
// A vector more than the quads, so that invocations which fill different lines write to different banks.
const LINE = 17u;

var<workgroup> left: array<vec4f, DEPTH * LINE>;
var<workgroup> right: array<vec4f, DEPTH * LINE>;

// The first row and the first quad of columns of a workgroup's tile.
struct Tile {
  row: u32,
  quad: u32,
}

// Tiles are numbered row by row, in a product with so many quads of columns.
fn tileOf(at: Invocation, quads: u32) -> Tile {
  let across = (quads + QUADS - 1u) / QUADS;
  return Tile(groupOf(at) / across * TILE, groupOf(at) % across * QUADS);
}

// What an invocation loads of a factor: one term of one quad of rows or columns.
struct Spot {
  quad: u32,
  term: u32,
}

// For a factor in whose memory the quads of a term are neighbours; the quad is that of the invocation's own columns.
fn quadsFirst(at: Invocation) -> Spot {
  return Spot(at.local % QUADS, at.local / QUADS);
}

// For a factor in whose memory the terms are neighbours; the quad is that of the invocation's own rows.
fn termsFirst(at: Invocation) -> Spot {
  return Spot(at.local / DEPTH, at.local % DEPTH);
}

fn fillLeft(spot: Spot, values: vec4f) {
  left[spot.term * LINE + spot.quad] = values;
}

fn fillRight(spot: Spot, values: vec4f) {
  right[spot.term * LINE + spot.quad] = values;
}

// Adds the products of the terms in workgroup memory once all have filled it; afterwards it may be filled anew.
fn addProducts(at: Invocation, sums: ptr<function, array<vec4f, 4>>) {
  workgroupBarrier();
  for (var term = 0u; term < DEPTH; term++) {
    let rows = left[term * LINE + at.local / QUADS];
    let columns = right[term * LINE + at.local % QUADS];
    (*sums)[0] += rows.x * columns;
    (*sums)[1] += rows.y * columns;
    (*sums)[2] += rows.z * columns;
    (*sums)[3] += rows.w * columns;
  }
  workgroupBarrier();
}
