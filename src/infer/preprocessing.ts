/** From an image to what the network reads, and back. The preprocessing is stored with the model, in its card. */
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import { isConvertible } from '../image/channels.js';
import { type Image, MAX_SIDE } from '../image/image.js';
import { type Normalisation, normalisations } from '../image/normalise.js';
import { type Preprocessing, prepareImage } from '../image/prepare.js';
import { resizeImage } from '../image/resize.js';
import type { ModelConfig } from '../network/config.js';
import type { Prediction } from './prediction.js';

/** @throws InputError that names the source, for an unknown normalisation or a size that is no number of pixels */
export function parsePreprocessing(value: unknown, source: string): Preprocessing {
  const { normalisation, size } = (typeof value === 'object' ? (value ?? {}) : {}) as Record<string, unknown>;
  if (!isNormalisation(normalisation)) {
    const known = normalisations.join(', ');
    throw new InputError(`${source}: normalisation is ${show(normalisation)}, expected one of ${known}`);
  }
  if (size === undefined) return { normalisation };
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > MAX_SIDE) {
    throw new InputError(`${source}: size is ${show(size)}, expected a whole number of pixels from 1 to ${MAX_SIDE}`);
  }
  return { normalisation, size };
}

function isNormalisation(value: unknown): value is Normalisation {
  return normalisations.some((known) => known === value);
}

/** The size at which the network sees an image. */
export function networkSize(image: Image, { size }: Preprocessing): { width: number; height: number } {
  return { width: size ?? image.width, height: size ?? image.height };
}

/**
 * Brings an image to the channels, the range of values and the size that the network reads. Grey and RGB are converted
 * into each other; with any other number of channels, the image must have those of the network.
 * @throws InputError for an image that does not fit
 */
export function prepare(image: Image, config: ModelConfig, preprocessing: Preprocessing): Image<Float32Array> {
  const { inChannels: channels } = config;
  if (!isConvertible(image.channels, channels)) {
    throw new InputError(`predict: the image has ${image.channels} channels, the network reads ${channels}`);
  }
  const { normalisation } = preprocessing;
  return prepareImage(image, { channels, ...networkSize(image, preprocessing), normalisation });
}

/** Resizes a prediction from the network's size to another one: bilinear, averaged where it shrinks. */
export function resizePrediction(prediction: Prediction, width: number, height: number): Prediction {
  const { classes, probs } = prediction;
  const size = { width: prediction.width, height: prediction.height };
  return {
    width,
    height,
    classes,
    probs: resizeImage({ ...size, channels: classes, data: probs }, width, height).data,
  };
}
