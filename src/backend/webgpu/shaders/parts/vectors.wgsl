// The buffers of a product whose rows are multiples of four, so that a quad is one vector; scalars.wgsl is the twin for
// all others, and says what `count` is there.

@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
@group(0) @binding(1) var<storage, read_write> quadsOfA: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> quadsOfB: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> quadsOfC: array<vec4f>;

fn quadOfA(i: u32, count: u32) -> vec4f {
  return quadsOfA[i / 4u];
}

fn quadOfB(i: u32, count: u32) -> vec4f {
  return quadsOfB[i / 4u];
}

fn setQuadOfC(i: u32, count: u32, quad: vec4f) {
  quadsOfC[i / 4u] = quad;
}
