/** Predictions brought out of the network's frame to the own size of their image, a band of rows at a time. */
import { cutFromFrame, type Frame, type Size } from '../image/frame.js';
import type { Image } from '../image/image.js';
import { resizedBands } from '../image/resize.js';
import type { Prediction } from './prediction.js';

/** The rows of a band: few enough that what is computed of a band is small beside the image. */
const ROWS = 256;

/**
 * The predictions of some outputs for one image, at its own size, from top to bottom: for each output in turn a prediction
 * as wide as the image and a few rows high.
 */
export type Bands = AsyncIterable<readonly Prediction[]> | Iterable<readonly Prediction[]>;

/**
 * Brings predictions out of the frame in which the network saw their image, see `cutFromFrame`.
 * @param predictions the predictions of all outputs, of the frame's size
 * @param size the image's own size
 */
export function* ownBands(predictions: readonly Prediction[], frame: Frame, size: Size): Generator<Prediction[]> {
  const { width, height } = size;
  const outputs = predictions.map(({ classes, probs }) => {
    const image = { width: frame.width, height: frame.height, channels: classes, data: probs };
    return resizedBands(cutFromFrame(image, frame), width, height, ROWS);
  });
  for (let y = 0; y < height; y += ROWS) {
    yield outputs.map((bands): Prediction => {
      const { height: rows, channels, data } = bands.next().value as Image<Float32Array>;
      return { width, height: rows, classes: channels, probs: data };
    });
  }
}

/** Brings bands of a frame's size to the own size of the image in it; where these differ, the whole is put together first. */
export async function* fromFrame(bands: Bands, frame: Frame, size: Size): AsyncGenerator<readonly Prediction[]> {
  if (frame.width === size.width && frame.height === size.height) yield* bands;
  else yield* ownBands(await joinBands(bands, frame), frame, size);
}

/** Puts bands together: the predictions of all outputs for the whole image. */
export async function joinBands(bands: Bands, { width, height }: Size): Promise<Prediction[]> {
  const whole: Prediction[] = [];
  let y = 0;
  for await (const band of bands) {
    for (const [k, { classes, probs }] of band.entries()) {
      whole[k] ??= { width, height, classes, probs: new Float32Array(width * height * classes) };
      whole[k].probs.set(probs, y * width * classes);
    }
    y += band[0]!.height;
  }
  return whole;
}
