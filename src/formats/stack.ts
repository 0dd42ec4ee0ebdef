/** Images put together from others: files of one channel each, and slices with their neighbours, as channels of one. */
import { InputError } from '../base/errors.js';
import { LruCache } from '../base/lru-cache.js';
import { emptyLike } from '../image/channels.js';
import type { ImageData } from '../image/image.js';
import type { ImageHeader, OpenedImage, StoredImage } from './format.js';

/** An image of a stack, with its name for errors. */
export interface Part {
  readonly name: string;
  readonly opened: OpenedImage;
}

/**
 * The channels of several images as those of one, in their order: sequences of a scanner, stains of a microscope.
 * @throws InputError where they differ in size
 */
export function stackChannels(parts: readonly Part[]): OpenedImage {
  const [first, ...others] = parts as [Part, ...Part[]];
  if (others.length === 0) return first.opened;
  for (const other of others) requireSameSize(first, other);
  const images = parts.map(({ opened }) => opened);
  const { header, format } = first.opened;
  return {
    ...first.opened,
    format,
    header: { ...header, channels: images.reduce((sum, { header: { channels } }) => sum + channels, 0) },
    async verify() {
      for (const image of images) await image.verify();
    },
    read: async (slice, window) => joined(await Promise.all(images.map((image) => image.read(slice, window)))),
  };
}

/**
 * Each slice with `count` neighbours on both sides as channels, from the one below to the one above; at the ends of the
 * volume the last slice takes the place of those that are not there.
 */
export function withNeighbours(opened: OpenedImage, count: number): OpenedImage {
  if (count === 0) return opened;
  const { header } = opened;
  return {
    ...opened,
    header: { ...header, channels: (2 * count + 1) * header.channels },
    async read(slice, window) {
      const around = Array.from({ length: 2 * count + 1 }, (_, k) => slice - count + k);
      const inside = around.map((z) => Math.min(header.slices - 1, Math.max(0, z)));
      return joined(await Promise.all(inside.map((z) => opened.read(z, window))));
    },
  };
}

/** Keeps the slices that were decoded last, so that each is decoded once where all are read with their neighbours in turn. */
export function keepingSlices(opened: OpenedImage, count: number): OpenedImage {
  const kept = new LruCache<Promise<StoredImage>>(count);
  return {
    ...opened,
    read: (slice, window) => (window ? opened.read(slice, window) : kept.get(`${slice}`, () => opened.read(slice))),
  };
}

/** The name of a slice: NAME-001, NAME-002, … with as many digits as the last one needs; a picture keeps its name. */
export function sliceName(name: string, slice: number, slices: number): string {
  return slices === 1 ? name : `${name}-${String(slice + 1).padStart(String(slices).length, '0')}`;
}

function requireSameSize(a: Part, b: Part): void {
  const size = ({ width, height, slices }: ImageHeader) =>
    `${width}x${height}${slices > 1 ? ` in ${slices} slices` : ''}`;
  const [one, other] = [size(a.opened.header), size(b.opened.header)];
  if (one === other) return;
  throw new InputError(`${a.name} is ${one}, ${b.name} is ${other}; channels of one image must have the same size`);
}

/** The channels of all images, pixel by pixel; as floats where they are not of one type. */
function joined(images: readonly StoredImage[]): StoredImage {
  const [{ width, height, spacing, data }] = images as [StoredImage, ...StoredImage[]];
  const channels = images.reduce((sum, image) => sum + image.channels, 0);
  const isOneType = images.every((image) => image.data.constructor === data.constructor);
  const length = width * height * channels;
  const result: ImageData = isOneType ? emptyLike(data, length) : new Float32Array(length);
  let first = 0;
  for (const image of images) {
    for (let from = 0, to = first; from < image.data.length; to += channels - image.channels) {
      for (let c = 0; c < image.channels; c++) result[to++] = image.data[from++]!;
    }
    first += image.channels;
  }
  return { width, height, channels, data: result, ...(spacing && { spacing }) };
}
