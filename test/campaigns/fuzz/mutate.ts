/** Bytes changed at random: bits and bytes, numbers at the ends of their ranges, blocks cut, doubled, moved between files. */
import type { Random } from '../../../src/base/random.js';
import { pick } from '../campaign.js';

/** Numbers at which sizes and counts go wrong. */
const NUMBERS = [0, 1, 7, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

type Change = (bytes: Buffer, random: Random, other: Uint8Array) => Buffer;

const changes: readonly Change[] = [
  function flipBit(bytes, random) {
    bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
    return bytes;
  },
  function setByte(bytes, random) {
    bytes[random.integer(bytes.length)] = random.integer(256);
    return bytes;
  },
  function setNumber(bytes, random) {
    const [number, at] = [pick(random, NUMBERS), random.integer(bytes.length)];
    const width = pick(random, [1, 2, 4, 8]);
    const big = random.integer(2) === 1;
    const field = Buffer.alloc(8);
    if (big) field.writeUInt32BE(number, 4);
    else field.writeUInt32LE(number, 0);
    bytes.set((big ? field.subarray(8 - width) : field.subarray(0, width)).subarray(0, bytes.length - at), at);
    return bytes;
  },
  function cutOff(bytes, random) {
    return bytes.subarray(0, random.integer(bytes.length));
  },
  function insert(bytes, random) {
    const at = random.integer(bytes.length + 1);
    const own = Buffer.alloc(1 + random.integer(16), random.integer(256));
    return Buffer.concat([bytes.subarray(0, at), own, bytes.subarray(at)]);
  },
  function remove(bytes, random) {
    const [from, to] = block(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  function double(bytes, random) {
    const [from, to] = block(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  function copyFromOther(bytes, random, other) {
    const [from, to] = block(other, random);
    const at = random.integer(bytes.length);
    bytes.set(other.subarray(from, to).subarray(0, bytes.length - at), at);
    return bytes;
  },
  function splice(bytes, random, other) {
    return Buffer.concat([
      bytes.subarray(0, random.integer(bytes.length + 1)),
      other.subarray(random.integer(other.length + 1)),
    ]);
  },
];

function block(bytes: Uint8Array, random: Random): [from: number, to: number] {
  const from = random.integer(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + random.integer(1 << random.integer(10)))];
}

/** One to four changes, half of the time one. `other` is a file of the same kind. */
export function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Buffer {
  let changed: Buffer = Buffer.from(bytes);
  for (let rounds = Math.max(1, random.integer(6) - 1); rounds > 0 && changed.length > 0; rounds--) {
    changed = pick(random, changes)(changed, random, other);
  }
  return changed;
}
