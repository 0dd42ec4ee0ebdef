/** The mean of the predictions of several models for one image, a band of rows at a time. */
import { invariant } from '../base/errors.js';
import type { Bands } from './own-size.js';
import type { Prediction } from './prediction.js';

/**
 * The mean of what several models say of one image, each in bands of its own height: these are cut to common rows, so that
 * the whole is never there. Each mean is of float32 values, summed in float64 in the order of the models and rounded once.
 * @param members the bands of each model, with as many outputs, at one size
 */
export async function* meanBands(members: readonly Bands[]): AsyncGenerator<readonly Prediction[], void, void> {
  if (members.length === 1) return yield* members[0]!;
  const streams = members.map(iterate);
  /** What is left of the band of each model. */
  const rests: (readonly Prediction[])[] = [];
  for (;;) {
    // One after the other: the models compute in the same memory.
    for (const [k, stream] of streams.entries()) {
      if (rests[k] && rests[k][0]!.height > 0) continue;
      const { done, value } = await stream.next();
      if (done) {
        invariant(k === 0, 'bands of images of different sizes');
        return;
      }
      rests[k] = value;
    }
    const rows = Math.min(...rests.map(([first]) => first!.height));
    yield rests[0]!.map((_, output) => meanOf(rests.map((rest) => rowsOf(rest[output]!, 0, rows))));
    for (const [k, rest] of rests.entries()) rests[k] = rest.map((each) => rowsOf(each, rows, each.height));
  }
}

async function* iterate(bands: Bands): AsyncGenerator<readonly Prediction[], void, void> {
  yield* bands;
}

/** Rows of a band, in its memory. */
function rowsOf({ width, classes, probs }: Prediction, from: number, to: number): Prediction {
  const length = width * classes;
  return { width, height: to - from, classes, probs: probs.subarray(from * length, to * length) };
}

function meanOf(predictions: readonly Prediction[]): Prediction {
  const { width, height, classes } = predictions[0]!;
  const probs = new Float32Array(predictions[0]!.probs.length);
  for (let i = 0; i < probs.length; i++) {
    let sum = 0;
    for (const prediction of predictions) sum += prediction.probs[i]!;
    probs[i] = sum / predictions.length;
  }
  return { width, height, classes, probs };
}
