/** The most that the machine can do: what the benchmark measures the kernels against. */
import { WIDE } from './tiles';

/** Operations of a round. */
const OPERATIONS: i32 = WIDE ? 96 : 48;

/**
 * Multiplications and additions that touch no memory: the six products of three vectors, each added to a sum of its own.
 * The vectors change places in each round, so that no compiler can take a product out of the loop.
 *
 * @param memory three pairs of vectors; the sums are added up there, in the place of the first pair
 * @returns the operations done
 */
export function peak(memory: usize, rounds: i32): f64 {
  let a0 = v128.load(memory);
  let a1 = v128.load(memory, 16);
  let b0 = v128.load(memory, 32);
  let b1 = v128.load(memory, 48);
  let c0 = v128.load(memory, 64);
  let c1 = v128.load(memory, 80);
  let aa0 = a0;
  let aa1 = a1;
  let ab0 = a0;
  let ab1 = a1;
  let ac0 = a0;
  let ac1 = a1;
  let bb0 = a0;
  let bb1 = a1;
  let bc0 = a0;
  let bc1 = a1;
  let cc0 = a0;
  let cc1 = a1;
  for (let k = 0; k < rounds; k++) {
    aa0 = f32x4.add(aa0, f32x4.mul(a0, a0));
    ab0 = f32x4.add(ab0, f32x4.mul(a0, b0));
    ac0 = f32x4.add(ac0, f32x4.mul(a0, c0));
    bb0 = f32x4.add(bb0, f32x4.mul(b0, b0));
    bc0 = f32x4.add(bc0, f32x4.mul(b0, c0));
    cc0 = f32x4.add(cc0, f32x4.mul(c0, c0));
    const first0 = a0;
    a0 = b0;
    b0 = c0;
    c0 = first0;
    if (WIDE) {
      aa1 = f32x4.add(aa1, f32x4.mul(a1, a1));
      ab1 = f32x4.add(ab1, f32x4.mul(a1, b1));
      ac1 = f32x4.add(ac1, f32x4.mul(a1, c1));
      bb1 = f32x4.add(bb1, f32x4.mul(b1, b1));
      bc1 = f32x4.add(bc1, f32x4.mul(b1, c1));
      cc1 = f32x4.add(cc1, f32x4.mul(c1, c1));
      const first1 = a1;
      a1 = b1;
      b1 = c1;
      c1 = first1;
    }
  }
  v128.store(memory, sum(aa0, ab0, ac0, bb0, bc0, cc0));
  v128.store(memory, sum(aa1, ab1, ac1, bb1, bc1, cc1), 16);
  return <f64>rounds * OPERATIONS;
}

function sum(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(e, f));
}
