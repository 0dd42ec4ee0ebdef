/** How much of the images each class covers. Networks begin with these shares as their answer, see `initialise`. */
import type { Image } from '../image/image.js';
import type { Dataset } from './dataset.js';

/** Counts the pixels of each class in a mask: those of the background, and then those of the classes 1..`classes`. */
export function classPixels({ data }: Image<Uint8Array>, classes: number): readonly number[] {
  const counts = new Array<number>(classes + 1).fill(0);
  for (const label of data) counts[label]!++;
  return counts;
}

/** The share of each class in all pixels of some masks, the background first; the shares sum to 1. */
export function sharesOf(masks: Iterable<readonly number[]>): readonly number[] {
  const sums: number[] = [];
  for (const counts of masks) for (const [label, count] of counts.entries()) sums[label] = (sums[label] ?? 0) + count;
  const all = sums.reduce((total, count) => total + count, 0);
  return sums.map((count) => count / all);
}

/**
 * Measures the share of each class in the training images of a data set, the background first, for `createModel`.
 * @throws InputError where an image or a mask is damaged
 */
export async function classShares(dataset: Dataset): Promise<readonly number[]> {
  const counts: (readonly number[])[] = [];
  for (const name of dataset.split.train) counts.push(classPixels((await dataset.load(name)).mask, dataset.classes));
  return sharesOf(counts);
}
