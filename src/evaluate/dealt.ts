/** Images that the ranks of a group measure together: batches are dealt in rounds, and all get what all have measured. */
import { chunks } from '../base/chunks.js';
import type { Group } from '../base/ranks/group.js';
import type { Case } from './metrics.js';
import type { OwnSizeOptions } from './own-size.js';

/** An image that was measured, as values of JSON. */
export interface MeasuredImage {
  readonly name: string;
  /** Its cases, one a class, for each output. */
  readonly cases: readonly (readonly Case[])[];
}

/** The group, and the parts of the loss so far, to which measuring an image adds. */
export interface Sharing {
  readonly group: Group;
  readonly losses: number[];
}

/**
 * Measures images in the group. After each round the wish to stop is heeded: `options.signal` is the group's.
 * @param measure measures some images
 * @returns all images in order, with the losses of all in the same order; those of this rank as `measure` gives them
 */
export async function* dealt<M extends MeasuredImage>(
  names: readonly string[],
  { group, losses }: Sharing,
  { batch, signal, onProgress }: Pick<OwnSizeOptions, 'batch' | 'signal' | 'onProgress'>,
  measure: (names: readonly string[]) => AsyncIterable<M>,
): AsyncGenerator<M | MeasuredImage, void, void> {
  const batches = chunks(names, batch);
  for (let first = 0; first < batches.length; first += group.size) {
    signal?.throwIfAborted();
    const before = losses.length;
    const own: M[] = [];
    for await (const image of measure(batches[first + group.rank] ?? [])) own.push(image);
    // As text, since JSON has no numbers that are not finite.
    const parts = losses.splice(before).map(String);
    const images = own.map(({ name, cases }): MeasuredImage => ({ name, cases }));
    const all = await group.gatherJson({ images, parts });
    for (const [rank, measured] of all.entries()) {
      losses.push(...measured.parts.map(Number));
      yield* rank === group.rank ? own : measured.images;
    }
    onProgress?.(Math.min(names.length, (first + group.size) * batch), names.length);
  }
}
