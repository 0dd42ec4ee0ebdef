/** The image that an export is tried on: one that the user gives, or a slice of the phantom. */
import { InputError } from '../../base/errors.js';
import { withNeighbours } from '../../formats/stack.js';
import { emptyLike, isConvertible, toChannels } from '../../image/channels.js';
import { intoFrame, ownFrame, type Size } from '../../image/frame.js';
import type { Image, ImageData } from '../../image/image.js';
import { placed } from '../../image/pad.js';
import { frameOf } from '../../image/prepare.js';
import type { Model } from '../../model/model.js';
import { openImageFile } from '../../platform/node/files/read-image.js';
import { wrongChannels } from '../prediction/inputs.js';
import { testImage } from './check.js';

/** The side of the slice of the phantom where neither the call nor the model says a size. */
const SIDE = 64;

export interface ImageToTry {
  /** The file of an image; of a volume its middle slice is taken. Default: a slice of the phantom. */
  readonly path?: string | undefined;
  /** The size that the image is brought to. Default: that at which the model sees it. */
  readonly size?: Size | undefined;
  /** The size that the export takes and into which an image of this size fits: what it lacks is its reflection. */
  around(size: Size): Size;
}

/**
 * Makes the image: with the model's channels, at a size that the export takes, values as they are stored.
 * @throws InputError for a file that is no image, or one of other channels
 */
export async function imageToTry(model: Model, { path, size, around }: ImageToTry): Promise<Image> {
  const { inChannels } = model.config;
  if (path === undefined) {
    return testImage(around(size ?? ownSize(model) ?? { width: SIDE, height: SIDE }), inChannels);
  }
  const stored = await readMiddle(path, model);
  if (!isConvertible(stored.channels, inChannels)) {
    throw new InputError(`${path}: ${wrongChannels(stored.channels, inChannels, 'the model')}`);
  }
  const image = toChannels(stored, inChannels);
  const frame = size ? { ...ownFrame(size), scaled: size } : frameOf(stored, model.card.preprocessing);
  const seen = { ...intoFrame(image, frame) };
  const { width, height } = around(seen);
  const [left, top] = [Math.floor((width - seen.width) / 2), Math.floor((height - seen.height) / 2)];
  return placed({ ...seen, data: asStored(seen.data, image.data) }, width, height, left, top);
}

/** The size at which a model sees images, where it is always the same. */
export function ownSize({ card }: Model): Size | undefined {
  const side = card.preprocessing.size ?? card.preprocessing.patch;
  return side === undefined ? undefined : { width: side, height: side };
}

async function readMiddle(path: string, { config, card }: Model): Promise<Image> {
  const { plane, neighbours = 0 } = card.preprocessing;
  const opened = await openImageFile(path, { channels: config.inChannels, ...(plane && { plane }) });
  const stack = withNeighbours(opened, neighbours);
  return stack.read(Math.floor(stack.header.slices / 2));
}

/** Values that were resized, as the type in which they were stored. */
function asStored(values: Float32Array, like: ImageData): ImageData {
  if (like instanceof Float32Array) return values;
  const data = emptyLike(like, values.length);
  for (let i = 0; i < data.length; i++) data[i] = Math.round(values[i]!);
  return data;
}
