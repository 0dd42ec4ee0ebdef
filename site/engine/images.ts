/** The images that are open: files that were dropped, images of data sets with their masks, and slices of the phantom. */
import { files } from '#platform/data.js';
import { InputError } from '../../src/base/errors.js';
import { LruCache } from '../../src/base/lru-cache.js';
import { show } from '../../src/base/show.js';
import { readDataFolder } from '../../src/data/folder/folder.js';
import { syntheticDataset } from '../../src/data/phantom/phantom.js';
import type { ImageRecord } from '../../src/data/record.js';
import type { OpenedImage, OpenOptions } from '../../src/formats/format.js';
import { imageStem, openImage } from '../../src/formats/formats.js';
import { sliceSource } from '../../src/formats/slice-source.js';
import { withNeighbours } from '../../src/formats/stack.js';
import type { Image } from '../../src/image/image.js';
import { type ImageSource, sourceOfImage } from '../../src/image/image-source.js';
import type { Preprocessing } from '../../src/image/prepare.js';
import { resizeImage, resizeMask } from '../../src/image/resize.js';
import { wholeWindow } from '../../src/image/window.js';
import { fileSource } from '../../src/platform/web/files/sources.js';
import { readDisplayRange, toRgb } from '../../src/report/pixels.js';
import type { Engine, ImageView, SliceView } from './protocol.js';

/** How many images stay open; a volume that is decoded takes as much memory as it has voxels. */
const OPEN = 8;
/** The longest side at which an image is shown. */
export const SHOWN = 2048;
/** The side of the slices of the phantom that are shown. */
const SAMPLE = 256;

type Source = Parameters<Engine['openImage']>[0];

/** How a model reads files. */
export type Reading = Pick<Preprocessing, 'plane' | 'neighbours'>;

/** Opens a file as a plane and channels ask for it. */
export type OpenFile = (options: OpenOptions) => Promise<OpenedImage>;

/** An image that is open. */
export interface OpenImage {
  readonly name: string;
  readonly hasMask: boolean;
  readonly slices: number;
  /** A slice as a model reads it. */
  slice(index: number, reading: Reading): Promise<ImageSource>;
  /** The true mask of a slice, where one is known. */
  mask(index: number): Promise<Image<Uint8Array> | undefined>;
}

export class Images {
  readonly #open = new LruCache<OpenImage>(OPEN);
  /** The images that were dropped to be segmented, by their names. */
  readonly #taken = new Map<string, OpenFile>();
  #count = 0;

  get taken(): ReadonlyMap<string, OpenFile> {
    return this.#taken;
  }

  /** Keeps an image to be segmented. @returns its name, which no other has */
  take(name: string, open: OpenFile): string {
    let free = name;
    for (let n = 2; this.#taken.has(free); n++) free = `${name}-${n}`;
    this.#taken.set(free, open);
    return free;
  }

  /** Lets go of those of the drop before. */
  forgetTaken(): void {
    this.#taken.clear();
  }

  /** Opens an image. @param reading how the open model reads files */
  async open(source: Source, reading: Reading): Promise<ImageView> {
    const image = await this.#find(source, reading);
    const id = `${++this.#count}`;
    this.#open.get(id, () => image);
    const middle = Math.floor(image.slices / 2);
    const { width, height, channels } = await image.slice(middle, {});
    const { name, slices, hasMask } = image;
    const { shown } = await viewOf(image, middle);
    return { id, name, width, height, slices, channels, shown, hasMask };
  }

  /** An image that is open. @throws InputError for one that is not any more, or a slice that it does not have */
  get(id: string, slice: number): OpenImage {
    const image = this.#open.get(id, () => {
      throw new InputError(`image ${show(id)} is not open any more; open it again`);
    });
    if (Number.isInteger(slice) && slice >= 0 && slice < image.slices) return image;
    throw new InputError(`${image.name}: slice ${show(slice)}, expected a whole number from 0 to ${image.slices - 1}`);
  }

  /** What is shown of a slice of an open image. */
  async view(id: string, index: number): Promise<SliceView> {
    return viewOf(this.get(id, index), index);
  }

  /** What is shown of the middle slice of an image that is not kept open: many of them push no other one out. */
  async glance(source: Source, reading: Reading): Promise<SliceView> {
    const image = await this.#find(source, reading);
    return viewOf(image, Math.floor(image.slices / 2));
  }

  async #find(source: Source, reading: Reading): Promise<OpenImage> {
    if ('file' in source) {
      const { file } = source;
      const name = imageStem(file.path.replaceAll('/', '-'));
      return imageOfFile(name, (options) => openImage(fileSource(file.file, file.path), options), reading);
    }
    if ('taken' in source) {
      const open = this.#taken.get(source.taken);
      if (open) return imageOfFile(source.taken, open, reading);
      throw new InputError(`${source.taken}: no image of this name was dropped; drop it again`);
    }
    if ('sample' in source) return imageOfRecord(sampleRecord(source.sample), source.sample);
    const { records } = await readDataFolder(files, source.data, reading);
    const record = records.get(source.name);
    if (record) return imageOfRecord(record, source.name);
    throw new InputError(`${source.data}: no image is called ${show(source.name)}`);
  }
}

/** The picture of a slice, and its true mask at the same size. */
async function viewOf(image: OpenImage, index: number): Promise<SliceView> {
  const source = await image.slice(index, {});
  const mask = (await image.mask(index)) ?? null;
  const range = await readDisplayRange(source);
  const whole = await source.read(wholeWindow(source));
  const factor = Math.min(1, SHOWN / Math.max(source.width, source.height));
  if (factor === 1) return { shown: toRgb(whole, range), mask };
  const [width, height] = [source.width, source.height].map((side) => Math.max(1, Math.round(side * factor)));
  const shown = toRgb(resizeImage(whole, width!, height!), range);
  return { shown, mask: mask && resizeMask(mask, width!, height!) };
}

async function imageOfFile(name: string, open: OpenFile, { plane }: Reading): Promise<OpenImage> {
  const opened = await open({ ...(plane && { plane }) });
  return {
    name,
    hasMask: false,
    slices: opened.header.slices,
    slice: async (index, { neighbours = 0 }) => sliceSource(withNeighbours(opened, neighbours), index),
    mask: async () => undefined,
  };
}

function imageOfRecord(record: ImageRecord, name: string): OpenImage {
  return {
    name,
    hasMask: true,
    slices: 1,
    slice: async () => sourceOfImage((await record.read()).image),
    mask: async () => (await record.read()).mask,
  };
}

/** A slice of the phantom: `validation-0003`. */
function sampleRecord(name: string): ImageRecord {
  const { records } = syntheticDataset({ seed: 1, size: SAMPLE, normalisation: 'range' });
  const record = records.get(name);
  if (record) return record;
  const [first, last] = [[...records.keys()][0], [...records.keys()].at(-1)];
  throw new InputError(`${name}: no slice of the phantom is called so; they are ${first} to ${last}`);
}
