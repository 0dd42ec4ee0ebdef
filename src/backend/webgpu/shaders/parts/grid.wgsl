// Numbers the invocations of a dispatch whose workgroups are laid in rows (`rows` and `invocations` of kernel.ts).

const WORKGROUP = 256u;

struct Invocation {
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
}

// The number of this workgroup.
fn groupOf(at: Invocation) -> u32 {
  return at.group.x + at.group.y * at.groups.x;
}

// The number of this invocation, where each workgroup has WORKGROUP of them.
fn elementOf(at: Invocation) -> u32 {
  return groupOf(at) * WORKGROUP + at.local;
}
