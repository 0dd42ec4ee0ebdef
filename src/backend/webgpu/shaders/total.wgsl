// Adds up what the workgroups of another dispatch have left, by one workgroup in a fixed tree.
// uses: grid, sum

struct Sizes {
  count: u32,
  factor: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> pieces: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;

// (pieces) -> [factor x their sum].
@compute @workgroup_size(WORKGROUP)
fn total(at: Invocation) {
  var own = 0.0;
  for (var i = at.local; i < sizes.count; i += WORKGROUP) { own += pieces[i]; }
  let sum = workgroupSum(at.local, own);
  if (at.local == 0u) { result[0] = sizes.factor * sum; }
}
