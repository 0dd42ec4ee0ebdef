// The sum of one number from each invocation of a workgroup, in a fixed tree.
// uses: grid

var<workgroup> summands: array<f32, WORKGROUP>;

fn workgroupSum(local: u32, value: f32) -> f32 {
  // Somebody may still be reading the sum before this one.
  workgroupBarrier();
  summands[local] = value;
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) { summands[local] += summands[local + half]; }
  }
  workgroupBarrier();
  return summands[0];
}
