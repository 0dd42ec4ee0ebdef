/** Images that are the same picture under different names, and would leak from one subset into another. */
import { asBytes } from '../../base/bytes.js';
import { InputError } from '../../base/errors.js';
import { sha256 } from '../../base/sha256.js';
import { toChannels } from '../../image/channels.js';
import type { Image } from '../../image/image.js';
import { inWords } from './patients.js';
import { type Split, subsets } from './split.js';

/** Returns an image's size and SHA-256 in the channels of its data set: the same text for the same picture only. */
export async function pixelHash(image: Image, channels: number): Promise<string> {
  const { width, height, data } = toChannels(image, channels);
  const digest = await sha256(asBytes(data));
  return `${width}x${height}x${channels} ${data.BYTES_PER_ELEMENT} ${digest}`;
}

/** Watches the images as they are read, and finds one that is in two subsets under different names. */
export class DuplicateGuard {
  readonly #subsetOf: ReadonlyMap<string, string>;
  readonly #seen = new Set<string>();
  /** The first name that had each hash, by the hash. */
  readonly #first = new Map<string, string>();

  /** @param file the file that the split comes from, for errors */
  constructor(
    split: Split,
    readonly channels: number,
    readonly file: string,
  ) {
    this.#subsetOf = new Map(subsets.flatMap((subset) => split[subset].map((name) => [name, subset] as const)));
  }

  /** @throws InputError where an image read before, of another subset, has the same pixels */
  async add(name: string, image: Image): Promise<void> {
    const subset = this.#subsetOf.get(name);
    if (subset === undefined || this.#seen.has(name)) return;
    this.#seen.add(name);
    const hash = await pixelHash(image, this.channels);
    const other = this.#first.get(hash);
    if (other === undefined) this.#first.set(hash, name);
    const otherSubset = this.#subsetOf.get(other ?? name)!;
    if (otherSubset === subset) return;
    const leak = inWords({ names: [other!, name], subsets: [otherSubset, subset] });
    throw new InputError(`${this.file}: ${leak} are the same image; keep it in one subset`);
  }
}
