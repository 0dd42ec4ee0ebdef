/**
 * Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), written out on
 * its own here so that it checks `src/base/random.ts` and the WebAssembly kernel, which must give the same words.
 *
 * @returns the first word of the counter (c0, c1) enciphered with the key (k0, k1)
 */
export function threefryWord(k0: number, k1: number, c0: number, c1: number): number {
  const k2 = 0x1bd11bda ^ k0 ^ k1;
  // The state is a pair of 32-bit words: addition wraps around, as it does in a Uint32Array.
  const x = Uint32Array.of(c0 + k0, c1 + k1);
  const mix = (rotation: number): void => {
    x[0] += x[1];
    x[1] = ((x[1] << rotation) | (x[1] >>> (32 - rotation))) ^ x[0];
  };
  const inject = (first: number, second: number, count: number): void => {
    x[0] += first;
    x[1] += second + count;
  };
  const even = () => [13, 15, 26, 6].forEach(mix);
  const odd = () => [17, 29, 16, 24].forEach(mix);
  even();
  inject(k1, k2, 1);
  odd();
  inject(k2, k0, 2);
  even();
  inject(k0, k1, 3);
  odd();
  inject(k1, k2, 4);
  even();
  inject(k2, k0, 5);
  return x[0];
}
