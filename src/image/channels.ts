/** Checks of images, and their conversion to other channels and to [0, 1]. */
import { InputError, invariant } from '../base/errors.js';
import { show } from '../base/show.js';
import type { Image, ImageData } from './image.js';

/** The most channels of an image. */
export const MAX_CHANNELS = 1024;

/** Rec. 601 luma, 0.299 R + 0.587 G + 0.114 B, in 1/65536 as in Pillow. */
export const LUMA_65536 = [19595, 38470, 7471] as const;

/** Whether an image of `from` channels can become one of `to`: grey and RGB become each other, nothing else. */
export function isConvertible(from: number, to: number): boolean {
  return from === to || (from === 1 && to === 3) || (from === 3 && to === 1);
}

/**
 * The image with the channels that are expected, of the same sample type; `isConvertible` says what is possible. Grey
 * becomes RGB by repetition. RGB becomes grey by luma, with weights that are integers, so that equal channels keep their
 * value and integers round the same way everywhere.
 */
export function toChannels<T extends ImageData>(image: Image<T>, channels: number): Image<T> {
  if (image.channels === channels) return image;
  invariant(isConvertible(image.channels, channels), `an image of ${image.channels} channels as one of ${channels}`);
  const { width, height, data } = image;
  const pixels = width * height;
  const result = emptyLike(data, pixels * channels);
  if (channels === 3) {
    for (let i = 0; i < pixels; i++) result.fill(data[i]!, i * 3, i * 3 + 3);
  } else {
    // A store into an integer array drops the fraction: with the half added it rounds.
    const [red, green, blue] = LUMA_65536;
    const half = data instanceof Float32Array ? 0 : 32768;
    for (let i = 0, at = 0; i < pixels; i++, at += 3) {
      result[i] = (red * data[at]! + green * data[at + 1]! + blue * data[at + 2]! + half) / 65536;
    }
  }
  return { width, height, channels, data: result };
}

/** The image with values in [0, 1]: 8-bit samples / 255, 16-bit samples / 65535, floats as they are. */
export function toUnitRange(image: Image): Image<Float32Array> {
  const { width, height, channels, data } = image;
  if (data instanceof Float32Array) return { width, height, channels, data };
  const white = data instanceof Uint8Array ? 255 : 65535;
  const unit = new Float32Array(data.length);
  for (let i = 0; i < unit.length; i++) unit[i] = data[i]! / white;
  return { width, height, channels, data: unit };
}

const SAMPLES = [Uint8Array, Uint16Array, Float32Array] as const;

/**
 * Checks an image that comes from a caller of the library.
 * @param place where its first pixel lies in the image that it is a part of
 * @throws InputError that starts with `name` for a value that is no image, or one whose parts do not fit together
 */
export function checkImage(image: Image, name: string, place = { left: 0, top: 0 }): void {
  const { width, height, channels, data } = Object(image) as Partial<Image>;
  if (data === undefined || data === null) {
    const found = typeof image === 'object' && image !== null ? 'no data' : show(image);
    throw new InputError(`${name}: expected an image { width, height, channels, data }, got ${found}`);
  }
  const size = [width, height, channels].map(show).join('x');
  const isWhole = [width, height, channels].every((n) => Number.isInteger(n) && n! > 0);
  if (!isWhole || channels! > MAX_CHANNELS) {
    throw new InputError(`${name}: an image of ${size}; expected whole numbers, 1 to ${MAX_CHANNELS} channels`);
  }
  if (!SAMPLES.some((type) => data instanceof type)) {
    const known = SAMPLES.map((type) => type.name).join(', ');
    throw new InputError(`${name}: the data of an image must be one of ${known}, got ${typeName(data)}`);
  }
  const length = width! * height! * channels!;
  if (data.length !== length) {
    throw new InputError(`${name}: ${size} takes ${length} values, its data holds ${data.length}`);
  }
  const wrong = data instanceof Float32Array ? data.findIndex((value) => !Number.isFinite(value)) : -1;
  if (wrong >= 0) {
    const pixel = Math.floor(wrong / channels!);
    const [x, y] = [place.left + (pixel % width!), place.top + Math.floor(pixel / width!)];
    throw new InputError(
      `${name}: pixel (${x}, ${y}), channel ${wrong % channels!} is ${data[wrong]}; expected finite numbers`,
    );
  }
}

/** Names the type of a value: `Float64Array`, `Array`, `Object`, `string`. */
function typeName(value: unknown): string {
  return typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value;
}

/** An array of the same type, all 0. */
export function emptyLike<T extends ImageData>(data: T, length: number): T {
  return new (data.constructor as new (length: number) => T)(length);
}
