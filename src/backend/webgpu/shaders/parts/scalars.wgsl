// The buffers of a product, for rows of any length; vectors.wgsl is the twin for multiples of four. `count` says how
// many elements a row has from element i on, at least one: those beyond it are read as 0, and not written.

@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

fn quadOfA(i: u32, count: u32) -> vec4f {
  var quad = vec4f(a[i], 0.0, 0.0, 0.0);
  if (count > 1u) { quad.y = a[i + 1u]; }
  if (count > 2u) { quad.z = a[i + 2u]; }
  if (count > 3u) { quad.w = a[i + 3u]; }
  return quad;
}

fn quadOfB(i: u32, count: u32) -> vec4f {
  var quad = vec4f(b[i], 0.0, 0.0, 0.0);
  if (count > 1u) { quad.y = b[i + 1u]; }
  if (count > 2u) { quad.z = b[i + 2u]; }
  if (count > 3u) { quad.w = b[i + 3u]; }
  return quad;
}

fn setQuadOfC(i: u32, count: u32, quad: vec4f) {
  c[i] = quad.x;
  if (count > 1u) { c[i + 1u] = quad.y; }
  if (count > 2u) { c[i + 2u] = quad.z; }
  if (count > 3u) { c[i + 3u] = quad.w; }
}
