// Sums over the invocations of a workgroup, in a fixed tree.
// uses: grid

var<workgroup> summands: array<vec2f, WORKGROUP>;

// The sum of one number from each.
fn workgroupSum(local: u32, value: f32) -> f32 {
  return workgroupSums(local, vec2f(value, 0.0)).x;
}

// The sums of two: most of the time goes into waiting.
fn workgroupSums(local: u32, values: vec2f) -> vec2f {
  // Somebody may still be reading the sums before these.
  workgroupBarrier();
  summands[local] = values;
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) { summands[local] += summands[local + half]; }
  }
  workgroupBarrier();
  return summands[0];
}
