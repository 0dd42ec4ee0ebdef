// Sums over the pixels of each channel in two passes: over blocks, then over the blocks.
// uses: columns

struct Runs {
  count: u32,
  // Elements of a run.
  length: u32,
  // Runs of a workgroup, a power of two.
  width: u32,
  divisor: f32,
}

@group(0) @binding(0) var<uniform> columns: Columns;
@group(0) @binding(0) var<uniform> runs: Runs;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// (x) -> the sum over each block, [matrices, channels, blocks].
@compute @workgroup_size(WORKGROUP)
fn sumBlocks(at: Invocation) {
  let share = shareOf(at, columns);
  var sum = 0.0;
  for (var i = share.first; i < share.end; i += share.step) { sum += x[i]; }
  sum = columnSum(sum, at.local, columns.width);
  if (share.leads) { y[share.place] = sum; }
}

// (x) -> the sum over each run of neighbouring elements, divided by the divisor.
@compute @workgroup_size(WORKGROUP)
fn sumRuns(at: Invocation) {
  let run = groupOf(at) * runs.width + at.local % runs.width;
  let lane = at.local / runs.width;
  var sum = 0.0;
  if (run < runs.count) {
    for (var k = lane; k < runs.length; k += WORKGROUP / runs.width) { sum += x[run * runs.length + k]; }
  }
  sum = columnSum(sum, at.local, runs.width);
  if (lane == 0u && run < runs.count) { y[run] = sum / runs.divisor; }
}
