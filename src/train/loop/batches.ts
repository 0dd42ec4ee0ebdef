/** Which examples come when, and the keys of their random numbers. */
import { fold, type Key, Random, seedKey } from '../../base/random.js';

/** One example of an epoch: an image, or one of its patches by number. */
export interface Draw {
  readonly name: string;
  readonly patch?: number;
}

/** Lists the examples of an epoch: each image, or `patches` of each where they are drawn. */
export function drawsOf(names: readonly string[], patches?: number): Draw[] {
  if (patches === undefined) return names.map((name) => ({ name }));
  return names.flatMap((name) => Array.from({ length: patches }, (_, patch) => ({ name, patch })));
}

/** The order of an epoch: the same examples, shuffled anew for each epoch. */
export function shuffled<T>(examples: readonly T[], seed: number, epoch: number): T[] {
  const random = new Random(fold(fold(seedKey(seed), 'shuffle'), epoch));
  return random.permutation(examples.length).map((k) => examples[k]!);
}

/** What random numbers of an example are for. */
type Purpose = 'augment' | 'dropout';

/** The key of a sample in an epoch for one purpose: it depends neither on the batch nor on who computes. */
export function sampleKey(seed: number, purpose: Purpose, epoch: number, name: string): Key {
  return fold(fold(fold(seedKey(seed), purpose), epoch), name);
}

/** The key of an example, see `sampleKey`: each patch of a sample has one of its own. */
export function drawKey(seed: number, purpose: Purpose, epoch: number, { name, patch }: Draw): Key {
  const key = sampleKey(seed, purpose, epoch, name);
  return patch === undefined ? key : fold(key, patch);
}
