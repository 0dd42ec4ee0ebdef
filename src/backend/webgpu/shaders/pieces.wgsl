// Adds up the pieces that a sum was cut into, in their order.
// uses: grid

struct Sizes {
  pieces: u32,
  // elements of a piece
  length: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> pieces: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;

// (pieces) -> their sum, element by element.
@compute @workgroup_size(WORKGROUP)
fn add(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.length) { return; }
  var sum = pieces[i];
  for (var piece = 1u; piece < sizes.pieces; piece++) { sum += pieces[piece * sizes.length + i]; }
  sums[i] = sum;
}
