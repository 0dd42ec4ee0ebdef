/**
 * Counter-based random numbers: Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3", SC 2011). A number depends on a key and a counter only, never on who asks or in what order, so results
 * do not change with the number of workers. Only integer and IEEE-exact operations: the same bits on every machine.
 */
import { naturalLog } from './math.js';

/** 64 bits as two unsigned 32-bit words. */
export type Key = readonly [number, number];

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];
const PARITY = 0x1bd11bda;

/** Enciphers the counter (c0, c1) with `key`: two independent uniform 32-bit words. */
export function threefry(key: Key, c0: number, c1: number): [number, number] {
  const schedule = [key[0], key[1], (PARITY ^ key[0] ^ key[1]) >>> 0];
  let x0 = (c0 + schedule[0]!) >>> 0;
  let x1 = (c1 + schedule[1]!) >>> 0;
  for (let round = 0; round < 20; round++) {
    const r = ROTATIONS[round % 8]!;
    x0 = (x0 + x1) >>> 0;
    x1 = (((x1 << r) | (x1 >>> (32 - r))) ^ x0) >>> 0;
    if (round % 4 === 3) {
      const n = (round + 1) / 4;
      x0 = (x0 + schedule[n % 3]!) >>> 0;
      x1 = (x1 + schedule[(n + 1) % 3]! + n) >>> 0;
    }
  }
  return [x0, x1];
}

/** The key of a seed: any safe integer. */
export function seedKey(seed: number): Key {
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
}

/** A new key for a purpose, a step, a sample…: `fold(fold(seedKey(seed), step), sample)`. */
export function fold(key: Key, data: number | string): Key {
  if (typeof data === 'number') return threefry(key, data >>> 0, Math.floor(data / 2 ** 32) >>> 0);
  return [...data].reduce<Key>((k, char) => threefry(k, char.codePointAt(0)!, 0x73747200), key);
}

/** A stream of numbers from one key, for code that draws an unknown number of them in a fixed order. */
export class Random {
  #count = 0;
  #spare: number | undefined;

  constructor(readonly key: Key) {}

  /** A uniform 32-bit word. */
  word(): number {
    if (this.#spare !== undefined) {
      const word = this.#spare;
      this.#spare = undefined;
      return word;
    }
    const [a, b] = threefry(this.key, this.#count++, 0);
    this.#spare = b;
    return a;
  }

  /** Uniform in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.word() * 2 ** -32);
  }

  /** A uniform integer in [0, n), n <= 2^32. */
  integer(n: number): number {
    return Math.floor(this.word() * 2 ** -32 * n);
  }

  /** Standard normal, by inversion of the distribution function (see `normalQuantile`). */
  normal(): number {
    return normalQuantile((this.word() + 0.5) * 2 ** -32);
  }

  /** A permutation of 0..n-1 (Fisher-Yates). */
  permutation(n: number): number[] {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}

/**
 * The p-quantile of the standard normal distribution, 0 < p < 1: P. J. Acklam's rational approximation (relative error
 * below 1.15e-9). JavaScript's Math.log is not the same on every engine, so the tails use `naturalLog`.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.5 - 0.02425) {
    const r = q * q;
    const num =
      ((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r + 1.38357751867269e2) * r -
        3.066479806614716e1) *
        r +
      2.506628277459239;
    const den =
      ((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r + 6.680131188771972e1) * r -
        1.328068155288572e1) *
        r +
      1;
    return (num * q) / den;
  }
  const tail = Math.sqrt(-2 * naturalLog(Math.min(p, 1 - p)));
  const num =
    ((((-7.784894002430293e-3 * tail - 3.223964580411365e-1) * tail - 2.400758277161838) * tail - 2.549732539343734) *
      tail +
      4.374664141464968) *
      tail +
    2.938163982698783;
  const den =
    (((7.784695709041462e-3 * tail + 3.224671290700398e-1) * tail + 2.445134137142996) * tail + 3.754408661907416) *
      tail +
    1;
  return q < 0 ? num / den : -num / den;
}
