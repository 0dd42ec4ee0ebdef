/** From an image to what the network reads, and back. The preprocessing is stored with the model, in its card. */
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import { isConvertible } from '../image/channels.js';
import type { Size } from '../image/frame.js';
import { type Image, MAX_SIDE } from '../image/image.js';
import { isNormalisation, normalisations } from '../image/normalise.js';
import { type Plane, planes } from '../image/plane.js';
import { type Fit, fits, frameOf, MAX_NEIGHBOURS, type Preprocessing, prepareImage } from '../image/prepare.js';
import type { ModelConfig } from '../network/config.js';

/** @throws InputError that names the source, for values that are none of a preprocessing, or that exclude each other */
export function parsePreprocessing(value: unknown, source: string): Preprocessing {
  const fields = (typeof value === 'object' ? (value ?? {}) : {}) as Record<string, unknown>;
  const { normalisation, size, fit, patch, spacing, plane, neighbours } = fields;
  if (!isNormalisation(normalisation))
    throw expected(source, 'normalisation', fields, `one of ${normalisations.join(', ')}`);
  for (const name of ['size', 'patch'] as const) {
    if (fields[name] === undefined || isSide(fields[name])) continue;
    throw expected(source, name, fields, `a whole number of pixels from 1 to ${MAX_SIDE}`);
  }
  if (fit !== undefined && !isFit(fit)) throw expected(source, 'fit', fields, `one of ${fits.join(', ')}`);
  if (spacing !== undefined && !(typeof spacing === 'number' && spacing > 0 && spacing < Infinity)) {
    throw expected(source, 'spacing', fields, 'a number of millimetres above 0');
  }
  if (size !== undefined && (patch !== undefined || spacing !== undefined)) {
    const other = patch === undefined ? 'spacing' : 'patch';
    throw expected(source, other, fields, `none where images are brought to a size (${show(size)})`);
  }
  if (plane !== undefined && !isPlane(plane)) throw expected(source, 'plane', fields, `one of ${planes.join(', ')}`);
  if (neighbours !== undefined && !isCount(neighbours)) {
    throw expected(source, 'neighbours', fields, `a whole number from 1 to ${MAX_NEIGHBOURS}`);
  }
  if (size === undefined && fit !== undefined) {
    throw expected(source, 'fit', fields, 'none where images keep their size');
  }
  return {
    normalisation,
    ...(isSide(size) && { size }),
    ...(fit !== undefined && { fit }),
    ...(isSide(patch) && { patch }),
    ...(spacing !== undefined && { spacing }),
    ...(plane !== undefined && { plane }),
    ...(isCount(neighbours) && { neighbours }),
  };
}

function expected(source: string, name: string, fields: Record<string, unknown>, what: string): InputError {
  return new InputError(`${source}: ${name} is ${show(fields[name])}, expected ${what}`);
}

function isSide(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_SIDE;
}

function isPlane(value: unknown): value is Plane {
  return planes.some((known) => known === value);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_NEIGHBOURS;
}

function isFit(value: unknown): value is Fit {
  return fits.some((known) => known === value);
}

/** The size at which the network sees an image. */
export function networkSize(image: Size & Pick<Image, 'spacing'>, preprocessing: Preprocessing): Size {
  return frameOf(image, preprocessing);
}

/**
 * Brings an image to the channels, the range of values and the size that the network reads. Grey and RGB are converted
 * into each other; with any other number of channels, the image must have those of the network.
 * @throws InputError for an image that does not fit
 */
export function prepare(image: Image, config: ModelConfig, preprocessing: Preprocessing): Image<Float32Array> {
  return prepareImage(image, channelsFor(image, config), preprocessing);
}

/** The channels of an image as the network reads it. @throws InputError for one that cannot be converted to them */
export function channelsFor(image: Pick<Image, 'channels'>, { inChannels }: ModelConfig): number {
  if (isConvertible(image.channels, inChannels)) return inChannels;
  throw new InputError(`predict: the image has ${image.channels} channels, the network reads ${inChannels}`);
}
