/** The most that the machine can do: what the benchmark measures the kernels against. */
import { multiplyAdd, RELAXED } from './multiply-add';
import { WIDE } from './tiles';

/** Operations of a round. */
const OPERATIONS: i32 = (RELAXED ? 72 : 48) * (WIDE ? 2 : 1);

/**
 * Multiplications and additions that touch no memory: the six products of three vectors, each added to a sum of its own.
 * The vectors change places in each round, so that no compiler can take a product out of the loop. A fused instruction
 * takes longer than an addition, so that six would leave its units idle: three products are taken twice there.
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
  let ab0Again = b0;
  let ab1Again = b1;
  let ac0Again = b0;
  let ac1Again = b1;
  let bc0Again = b0;
  let bc1Again = b1;
  for (let k = 0; k < rounds; k++) {
    aa0 = multiplyAdd(a0, a0, aa0);
    ab0 = multiplyAdd(a0, b0, ab0);
    ac0 = multiplyAdd(a0, c0, ac0);
    bb0 = multiplyAdd(b0, b0, bb0);
    bc0 = multiplyAdd(b0, c0, bc0);
    cc0 = multiplyAdd(c0, c0, cc0);
    if (RELAXED) {
      ab0Again = multiplyAdd(a0, b0, ab0Again);
      ac0Again = multiplyAdd(a0, c0, ac0Again);
      bc0Again = multiplyAdd(b0, c0, bc0Again);
    }
    const first0 = a0;
    a0 = b0;
    b0 = c0;
    c0 = first0;
    if (WIDE) {
      aa1 = multiplyAdd(a1, a1, aa1);
      ab1 = multiplyAdd(a1, b1, ab1);
      ac1 = multiplyAdd(a1, c1, ac1);
      bb1 = multiplyAdd(b1, b1, bb1);
      bc1 = multiplyAdd(b1, c1, bc1);
      cc1 = multiplyAdd(c1, c1, cc1);
      if (RELAXED) {
        ab1Again = multiplyAdd(a1, b1, ab1Again);
        ac1Again = multiplyAdd(a1, c1, ac1Again);
        bc1Again = multiplyAdd(b1, c1, bc1Again);
      }
      const first1 = a1;
      a1 = b1;
      b1 = c1;
      c1 = first1;
    }
  }
  v128.store(memory, f32x4.add(sum(aa0, ab0, ac0), f32x4.add(sum(bb0, bc0, cc0), sum(ab0Again, ac0Again, bc0Again))));
  v128.store(
    memory,
    f32x4.add(sum(aa1, ab1, ac1), f32x4.add(sum(bb1, bc1, cc1), sum(ab1Again, ac1Again, bc1Again))),
    16,
  );
  return <f64>rounds * OPERATIONS;
}

function sum(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.add(a, b), c);
}
