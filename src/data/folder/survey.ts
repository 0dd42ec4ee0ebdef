/** A survey of every image and mask of a data folder, which `unetpp check` reports on. */
import { scaledMask } from '../../image/frame.js';
import type { ImageData } from '../../image/image.js';
import { frameOf, type Preprocessing } from '../../image/prepare.js';
import { type OnFaults, unlessFaulty } from '../faults.js';
import { type LabelledImage, storedChannels } from '../record.js';
import { pixelHash } from '../split/duplicates.js';
import { type Split, type Subset, subsets } from '../split/split.js';
import { countVanished } from '../vanished.js';
import type { DataFolder } from './folder.js';
import type { FolderRecord } from './format.js';

/** What one image and its mask hold. */
export interface ImageFacts {
  readonly name: string;
  /** The subset that the image is in; absent where a split.json leaves it out. */
  readonly subset?: Subset;
  readonly patient?: string;
  /** What its file says of itself, see `ImageRecord`. */
  readonly remarks?: readonly string[];
  readonly label?: string;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Whether the file has transparency, too, which is left out. */
  readonly hasAlpha: boolean;
  readonly bits: 8 | 16 | 32;
  readonly least: number;
  readonly greatest: number;
  /** How many pixels the background and each class have. */
  readonly pixels: readonly number[];
  /** How many objects of the mask vanish when it is resized, see `countVanished`. */
  readonly vanished: number;
  /** A hash that equal pictures have in common, and only they; see `pixelHash`. */
  readonly hash: string;
}

/**
 * Reads every image and mask of a folder, also those that a split.json leaves out.
 * @param frame how training brings images to a size, at which objects of the masks may vanish
 * @param onFaults receives files that are damaged or no mask; unless it throws, the image is left out
 * @param see is called with each image and mask, in order
 */
export async function survey(
  folder: DataFolder,
  split: Split,
  frame: Pick<Preprocessing, 'size' | 'fit'>,
  onFaults: OnFaults,
  see: (record: FolderRecord, content: LabelledImage, done: number) => void,
): Promise<ImageFacts[]> {
  const subsetOf = new Map(subsets.flatMap((subset) => split[subset].map((name) => [name, subset] as const)));
  const channels = storedChannels(folder.records);
  const facts: ImageFacts[] = [];
  for (const record of folder.records.values()) {
    const content = await unlessFaulty(onFaults, record.read);
    if (!content) continue;
    const { name, patient, label, remarks } = record;
    const subset = subsetOf.get(name);
    facts.push({
      name,
      ...(subset && { subset }),
      ...(patient !== undefined && { patient }),
      ...(label !== undefined && { label }),
      ...(remarks && { remarks }),
      ...factsOf(content, folder.classNames.length),
      vanished: countVanished(content.mask, scaledMask(content.mask, frameOf(content.image, frame))),
      hash: await pixelHash(content.image, channels),
    });
    see(record, content, facts.length);
  }
  return facts;
}

function factsOf({ image, mask }: LabelledImage, classes: number) {
  const { width, height, channels, hasAlpha = false, data } = image;
  const pixels = new Array<number>(classes + 1).fill(0);
  for (const value of mask.data) pixels[value]!++;
  const bits = (8 * data.BYTES_PER_ELEMENT) as 8 | 16 | 32;
  return { width, height, channels, hasAlpha, bits, ...rangeOf(data), pixels };
}

function rangeOf(data: ImageData): { least: number; greatest: number } {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return { least, greatest };
}

/** Returns the images that have the same pixels, two or more together. */
export function duplicatesAmong(facts: readonly ImageFacts[]): ImageFacts[][] {
  const byHash = new Map<string, ImageFacts[]>();
  for (const fact of facts) byHash.set(fact.hash, [...(byHash.get(fact.hash) ?? []), fact]);
  return [...byHash.values()].filter((duplicates) => duplicates.length > 1);
}
