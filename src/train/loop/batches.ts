/** Which examples come when, and the keys of their random numbers. */
import { fold, type Key, Random, seedKey } from '../../base/random.js';

/** The order of an epoch: the same names, shuffled anew for each epoch. */
export function shuffled(names: readonly string[], seed: number, epoch: number): string[] {
  const random = new Random(fold(fold(seedKey(seed), 'shuffle'), epoch));
  return random.permutation(names.length).map((k) => names[k]!);
}

/** The key of a sample in an epoch for one purpose: it depends neither on the batch nor on who computes. */
export function sampleKey(seed: number, purpose: 'augment' | 'dropout', epoch: number, name: string): Key {
  return fold(fold(fold(seedKey(seed), purpose), epoch), name);
}
