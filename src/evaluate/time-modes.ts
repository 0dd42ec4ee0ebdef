/** How long each mode of a model takes on this machine. */

import { yieldToEventLoop } from '../base/event-loop.js';
import { median } from '../base/statistics.js';
import type { Image } from '../image/image.js';
import type { Model } from '../model/model.js';
import type { Mode } from '../network/mode.js';

export interface TimeModesOptions {
  /** How many predictions of each mode are timed. */
  readonly rounds: number;
  /** Ends the work with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Returns the median time in milliseconds of predicting one image in each mode: that of the network, without reading and
 * resizing. All modes take their turns on the same image, so that whatever else the machine does affects all alike, and
 * each predicts it twice in a turn: the first time, which does not count, brings its filters into the cache and its
 * program to all threads, as they are in a folder that is predicted in one mode.
 * @param images as the network reads them, used one after the other
 */
export async function timeModes(
  model: Model,
  modes: readonly Mode[],
  images: readonly Image<Float32Array>[],
  { rounds, signal, onProgress }: TimeModesOptions,
): Promise<number[]> {
  const times = modes.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    const image = [images[round % images.length]!];
    for (const [k, mode] of modes.entries()) {
      signal?.throwIfAborted();
      await model.probabilities(image, mode);
      const started = performance.now();
      await model.probabilities(image, mode);
      times[k]!.push(performance.now() - started);
      await yieldToEventLoop();
    }
    onProgress?.(round + 1, rounds);
  }
  return times.map(median);
}
