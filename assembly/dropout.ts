/**
 * Dropout by Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), the
 * words of `threefry` in src/base/random.ts for four counters at a time.
 */
import { loadPart, storePart } from './lanes';

const PARITY: u32 = 0x1bd11bda;

/**
 * y = 0 where the first word of threefry(key, i, salt) is below `threshold`, else x scale; i is the index in the sample.
 *
 * @param keys [batch, 4]: the key of each sample in four 16-bit parts, low first
 */
export function dropout(
  batch: i32,
  length: i32,
  threshold: u32,
  salt: u32,
  scale: f32,
  x: usize,
  keys: usize,
  y: usize,
): void {
  const factor = f32x4.splat(scale);
  const limit = i32x4.splat(threshold);
  for (; batch > 0; batch--, keys += 16) {
    const k0 = word(keys);
    const k1 = word(keys + 8);
    let index = i32x4(0, 1, 2, 3);
    let rest = length;
    for (; rest >= 4; rest -= 4, x += 16, y += 16) {
      const dropped = i32x4.lt_u(threefry(k0, k1, index, salt), limit);
      v128.store(y, v128.andnot(f32x4.mul(v128.load(x), factor), dropped));
      index = i32x4.add(index, i32x4.splat(4));
    }
    if (rest > 0) {
      const dropped = i32x4.lt_u(threefry(k0, k1, index, salt), limit);
      storePart(y, v128.andnot(f32x4.mul(loadPart(x, rest), factor), dropped), rest);
      x += (<usize>rest) << 2;
      y += (<usize>rest) << 2;
    }
  }
}

/** A 32-bit word from its two 16-bit parts. */
function word(parts: usize): u32 {
  return <u32>load<f32>(parts) | ((<u32>load<f32>(parts, 4)) << 16);
}

/** The first words of the counters (c0, c1) of four lanes, enciphered with the key (k0, k1). */
function threefry(k0: u32, k1: u32, c0: v128, c1: u32): v128 {
  let k2 = PARITY ^ k0 ^ k1;
  let a = i32x4.add(c0, i32x4.splat(k0));
  let b = i32x4.splat(c1 + k1);
  for (let group: u32 = 1; ; group += 2) {
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 13), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 15), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 26), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 6), a);
    a = i32x4.add(a, i32x4.splat(k1));
    if (group === 5) break;
    b = i32x4.add(b, i32x4.splat(k2 + group));

    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 17), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 29), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 16), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 24), a);
    a = i32x4.add(a, i32x4.splat(k2));
    b = i32x4.add(b, i32x4.splat(k0 + group + 1));

    // two injections further, the key words have moved on by two
    const k = k0;
    k0 = k2;
    k2 = k1;
    k1 = k;
  }
  return a;
}

function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}
