import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { InputError } from '../base/errors.js';
import type { Image } from '../base/image.js';
import { prepareImage } from '../image/prepare.js';
import { resizeMask } from '../image/resize.js';
import { CACHE_BYTES, Cache } from './cache.js';
import { pairedFolders } from './folders.js';
import type { Layout, Pair } from './layout.js';
import { readBytes } from './read.js';
import { drawSplit, parseSplit, type Split } from './split.js';

/** One labelled image as a network is trained on it. It is shared: do not write to it. */
export interface Sample {
  readonly name: string;
  /** size x size x channels, values in [0, 1]. */
  readonly image: Image<Float32Array>;
  /** size x size x 1, values 0 and 1. */
  readonly mask: Image<Uint8Array>;
}

/** Labelled images of one size, and which of them are for what. */
export interface Dataset {
  readonly name: string;
  /** The folder that it was read from, or 'synthetic'. */
  readonly source: string;
  /** Width and height of every sample in pixels. */
  readonly size: number;
  readonly channels: 1 | 3;
  /** Foreground classes. */
  readonly classes: number;
  readonly split: Split;
  readonly splitOrigin: 'split.json' | 'drawn' | 'synthetic';
  /** @throws InputError when the name is not in the set, or its file turns out to be damaged or no mask */
  load(name: string): Promise<Sample>;
}

export interface DatasetOptions {
  /** Width and height that every image is resized to; the aspect ratio is not kept. */
  readonly size: number;
  /** Default: 1 when every image is stored as grey, else 3. */
  readonly channels?: 1 | 3;
  /** Draws the split when the folder has no split.json. */
  readonly seed: number;
  /** How many bytes of decoded and resized samples are kept in memory; default `CACHE_BYTES`. */
  readonly cacheBytes?: number;
}

/** Tried in this order. */
const LAYOUTS: readonly Layout[] = [pairedFolders];

/**
 * Opens a data folder: recognises its layout by what is in it, pairs images and masks, checks each pair's headers, and
 * reads split.json or draws a split. Pixels are read by `load`.
 * @throws InputError in one line: no such folder, another layout, an image or mask alone, sizes that differ, no pair,
 * a split.json that does not fit
 */
export async function openDataset(dir: string, options: DatasetOptions): Promise<Dataset> {
  const { size, seed } = options;
  checkSize(size);
  const entries = await listEntries(dir);
  const layout = LAYOUTS.find((candidate) => candidate.recognises(entries));
  if (!layout) {
    const found = entries.length ? `found ${summary(entries)}` : 'it is empty';
    const expected = LAYOUTS.map((candidate) => candidate.expected).join(', or ');
    throw new InputError(`${dir}: not a data folder: expected ${expected} in it, ${found}`);
  }
  const pairs = new Map((await layout.pairs(dir)).map((pair) => [pair.name, pair]));
  const names = [...pairs.keys()];
  const given = entries.includes('split.json') ? await readSplit(join(dir, 'split.json'), names) : undefined;
  const channels = options.channels ?? ([...pairs.values()].every((pair) => pair.channels === 1) ? 1 : 3);
  const cache = sampleCache(options.cacheBytes);

  const prepare = async ({ name, read }: Pair): Promise<Sample> => {
    const { image, mask } = await read();
    return {
      name,
      image: prepareImage(image, { channels, width: size, height: size }),
      mask: resizeMask(mask, size, size),
    };
  };
  return {
    name: basename(resolve(dir)),
    source: dir,
    size,
    channels,
    classes: 1,
    split: given ?? drawSplit(names, seed, dir),
    splitOrigin: given ? 'split.json' : 'drawn',
    async load(name) {
      const pair = pairs.get(name);
      if (!pair) throw new InputError(`${dir}: no image is called "${name}"`);
      return cache.get(name, () => prepare(pair));
    },
  };
}

/** @throws InputError unless `size` is a whole number of pixels */
export function checkSize(size: number): void {
  if (!Number.isInteger(size) || size < 1) {
    throw new InputError(`size must be a whole number of pixels, at least 1, found ${size}`);
  }
}

export function sampleCache(limit = CACHE_BYTES): Cache<Sample> {
  return new Cache(limit, ({ image, mask }) => image.data.byteLength + mask.data.byteLength);
}

async function listEntries(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new InputError(`${dir}: no such folder`);
    if (code === 'ENOTDIR') throw new InputError(`${dir}: a file, not a folder; give the folder that holds images/`);
    throw new InputError(`${dir}: cannot be listed: ${code}`);
  }
}

async function readSplit(path: string, names: readonly string[]): Promise<Split> {
  return parseSplit(new TextDecoder().decode(await readBytes(path)), names, path);
}

function summary(entries: readonly string[]): string {
  const shown = entries.slice(0, 4).join(', ');
  return entries.length > 4 ? `${shown} and ${entries.length - 4} more` : shown;
}
