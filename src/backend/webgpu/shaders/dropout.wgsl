// Dropout by Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), the
// words of `threefry` in src/base/random.ts: the mask is the same on every backend.
// uses: grid

override inPlace = 0u;

const PARITY = 0x1bd11bdau;

struct Sizes {
  // elements
  count: u32,
  // of one sample
  length: u32,
  threshold: u32,
  salt: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> keys: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// (x, keys) -> 0 where the first word of threefry(key, i, salt) is below the threshold, else x scale; i is the index in
// the sample.
@compute @workgroup_size(WORKGROUP)
fn dropout(at: Invocation) {
  let i = elementOf(at);
  if (i >= sizes.count) { return; }
  let sample = 4u * (i / sizes.length);
  let key = vec2u(word(keys[sample], keys[sample + 1u]), word(keys[sample + 2u], keys[sample + 3u]));
  let dropped = threefry(key, vec2u(i % sizes.length, sizes.salt)) < sizes.threshold;
  y[i] = select(value(i) * sizes.scale, 0.0, dropped);
}

fn value(i: u32) -> f32 {
  if (inPlace == 1u) { return y[i]; }
  return x[i];
}

// A 32-bit word from its two 16-bit parts.
fn word(low: f32, high: f32) -> u32 {
  return u32(low) | (u32(high) << 16u);
}

// The first word of the counter, enciphered with the key.
fn threefry(key: vec2u, counter: vec2u) -> u32 {
  let last = PARITY ^ key.x ^ key.y;
  var state = counter + key;
  state = even(state) + vec2u(key.y, last + 1u);
  state = odd(state) + vec2u(last, key.x + 2u);
  state = even(state) + vec2u(key.x, key.y + 3u);
  state = odd(state) + vec2u(key.y, last + 4u);
  return even(state).x + last;
}

// Four rounds.
fn even(state: vec2u) -> vec2u {
  return round(round(round(round(state, 13u), 15u), 26u), 6u);
}

// The next four.
fn odd(state: vec2u) -> vec2u {
  return round(round(round(round(state, 17u), 29u), 16u), 24u);
}

fn round(state: vec2u, bits: u32) -> vec2u {
  let sum = state.x + state.y;
  return vec2u(sum, sum ^ ((state.y << bits) | (state.y >> (32u - bits))));
}
