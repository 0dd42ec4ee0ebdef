/** Which examples come when, and how they lie in memory. */
import { invariant } from '../base/errors.js';
import type { Image } from '../base/image.js';
import { fold, type Key, Random, seedKey } from '../base/random.js';

/** The order of an epoch: the same names, shuffled anew for each epoch. */
export function shuffled(names: readonly string[], seed: number, epoch: number): string[] {
  const random = new Random(fold(fold(seedKey(seed), 'shuffle'), epoch));
  return random.permutation(names.length).map((k) => names[k]!);
}

/** The key of a sample in an epoch for one purpose: it depends neither on the batch nor on who computes. */
export function sampleKey(seed: number, purpose: 'augment' | 'dropout', epoch: number, name: string): Key {
  return fold(fold(fold(seedKey(seed), purpose), epoch), name);
}

/** The list cut into pieces of `size`; the last may be smaller. */
export function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, k) => list.slice(k * size, (k + 1) * size));
}

/** Masks of one size, one after the other: [N,H,W,1]. */
export function packMasks(masks: readonly Image<Uint8Array>[]): Uint8Array {
  const { length } = masks[0]!.data;
  const packed = new Uint8Array(masks.length * length);
  masks.forEach((mask, k) => {
    invariant(mask.data.length === length, 'masks of different sizes in one batch');
    packed.set(mask.data, k * length);
  });
  return packed;
}

const BREATH_MS = 30;
let lastBreath = 0;

/** Lets timers, signals and output have their turn, at most every 30 ms: computing blocks the event loop. */
export async function breathe(): Promise<void> {
  if (performance.now() - lastBreath < BREATH_MS) return;
  await new Promise((resolve) => setTimeout(resolve));
  lastBreath = performance.now();
}
