/** Folds of cross-validation: every image is tested on once. */
import { InputError } from '../../base/errors.js';
import { fold, Random, seedKey } from '../../base/random.js';
import { type OriginOf, patientsAmong, type Split, strataOf } from './split.js';

/**
 * Deals the images into folds of about equal size. Images of one patient stay together, and each label is dealt evenly as
 * far as its patients allow; a patient counts for the label of the first of the images.
 * @param names in any order
 * @param originOf says what is known of an image; one without a patient stands for itself
 * @returns the names of each fold, sorted
 * @throws InputError where there are fewer images, or patients, than folds
 */
export function drawFolds(
  names: readonly string[],
  folds: number,
  seed: number,
  source: string,
  originOf: OriginOf = () => undefined,
): string[][] {
  // Sorted by code units first: the order of a folder's listing and the machine's language must not matter.
  const sorted = [...names].sort();
  const groups = patientsAmong(sorted, originOf);
  if (groups.length < folds) {
    const units = groups.length < names.length ? 'patients' : 'images';
    throw new InputError(
      `${source}: ${folds} folds need at least ${folds} ${units}, it has ${groups.length}; take fewer`,
    );
  }
  const order = new Random(fold(seedKey(seed), 'folds')).permutation(groups.length).map((k) => groups[k]!);
  const dealt: string[][] = Array.from({ length: folds }, () => []);
  for (const stratum of strataOf(order, originOf)) {
    // The largest patients first, so that the small ones even out; of equals in the order drawn.
    const inStratum = dealt.map(() => 0);
    for (const group of stratum.sort((a, b) => b.length - a.length)) {
      const least = smallest(dealt.map(({ length }, k) => [inStratum[k]!, length]));
      dealt[least]!.push(...group);
      inStratum[least]! += group.length;
    }
  }
  return dealt.map((names) => names.sort());
}

/** Returns the index of the pair that comes first by its first number, then its second. */
function smallest(pairs: readonly (readonly [number, number])[]): number {
  return pairs.reduce((best, [a, b], k) => {
    const [bestA, bestB] = pairs[best]!;
    return a < bestA || (a === bestA && b < bestB) ? k : best;
  }, 0);
}

/** Makes fold `k` of at least 3 the test images, the next one those that choose the epoch, and trains on the others. */
export function splitOfFold(folds: readonly (readonly string[])[], k: number): Split {
  const next = (k + 1) % folds.length;
  return {
    train: folds.filter((_, n) => n !== k && n !== next).flat(),
    validation: folds[next]!,
    test: folds[k]!,
  };
}
