/** A stable sort of float32 by their bits, eight at a time, the lowest first (radix sort): no comparison, no recursion. */

const DIGITS = 256;

/** Bits that are ordered, as unsigned numbers, as their float32 are; -0 is as large as 0. */
function keyOf(value: f32): u32 {
  const bits = reinterpret<i32>(value + 0);
  return <u32>(bits ^ ((bits >> 31) | i32.MIN_VALUE));
}

/**
 * Sorts `count` values in ascending order, equal ones by their place; they stay where they are.
 *
 * @param workspace 4 x count + 256 elements
 * @returns the address of pairs of a key and the place of its value, in order; they are in `workspace`
 */
export function sort(count: i32, values: usize, workspace: usize): usize {
  const bytes = (<usize>count) << 3;
  const counters = workspace + 2 * bytes;
  let from = workspace;
  let to = workspace + bytes;
  for (let i = 0; i < count; i++) {
    store<u32>(from + ((<usize>i) << 3), keyOf(load<f32>(values + ((<usize>i) << 2))));
    store<i32>(from + ((<usize>i) << 3), i, 4);
  }
  for (let shift = 0; shift < 32; shift += 8) {
    memory.fill(counters, 0, 4 * DIGITS);
    for (let at = from, end = from + bytes; at < end; at += 8) {
      const counter = counters + ((<usize>((load<u32>(at) >> shift) & 255)) << 2);
      store<u32>(counter, load<u32>(counter) + 1);
    }
    // from how many there are of each digit to where the first of them goes
    let place: u32 = 0;
    for (let counter = counters, end = counters + 4 * DIGITS; counter < end; counter += 4) {
      const found = load<u32>(counter);
      store<u32>(counter, place);
      place += found;
    }
    for (let at = from, end = from + bytes; at < end; at += 8) {
      const counter = counters + ((<usize>((load<u32>(at) >> shift) & 255)) << 2);
      const next = load<u32>(counter);
      store<u32>(counter, next + 1);
      store<u64>(to + ((<usize>next) << 3), load<u64>(at));
    }
    const free = from;
    from = to;
    to = free;
  }
  return from;
}

/** The place of the value that comes as number `i`. */
export function placeOf(order: usize, i: i32): i32 {
  return load<i32>(order + ((<usize>i) << 3), 4);
}
