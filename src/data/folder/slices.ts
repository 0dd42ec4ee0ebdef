/** Records of image files and their masks: one of a picture, one for each slice of a volume or page of a file. */
import { InputError } from '../../base/errors.js';
import type { ImageHeader, OpenedImage, StoredImage } from '../../formats/format.js';
import { sliceName, withNeighbours } from '../../formats/stack.js';
import type { Image } from '../../image/image.js';
import { type OnFaults, present, unlessFaulty } from '../faults.js';
import { indexMask } from './class-masks.js';
import type { FolderRecord, ReadingOptions } from './format.js';
import { type Entry, inBatches } from './listing.js';
import { masksOf } from './mask.js';

/** How many bytes of volumes are kept, as long as slices of them are read: 512 MiB. */
const SHELF_BYTES = 512 * 2 ** 20;

/** Makes the labels of a slice of what the masks hold there, in the order in which they were given. */
export type ToLabels = (masks: readonly StoredImage[]) => Image<Uint8Array>;

/** An image and its masks. */
export interface LabelledEntry {
  readonly image: Entry;
  readonly masks: readonly Entry[];
  readonly toLabels: ToLabels;
}

/**
 * Keeps the volumes that were read last: each is decoded as a whole, and its slices are mostly read one after the other.
 */
export class Shelf {
  readonly #volumes = new Map<Entry, { readonly opened: Promise<OpenedImage>; readonly bytes: number }>();

  /** A file of several slices, opened anew where it is no longer kept. */
  open(entry: Entry, header: ImageHeader): Promise<OpenedImage> {
    const { opened, bytes } = this.#volumes.get(entry) ?? { opened: entry.open(), bytes: bytesOf(header) };
    this.#volumes.delete(entry);
    this.#volumes.set(entry, { opened, bytes });
    let sum = [...this.#volumes.values()].reduce((all, volume) => all + volume.bytes, 0);
    for (const [oldest, volume] of this.#volumes) {
      if (sum <= SHELF_BYTES || oldest === entry) break;
      this.#volumes.delete(oldest);
      sum -= volume.bytes;
    }
    return opened;
  }
}

function bytesOf({ width, height, slices, channels, bits }: ImageHeader): number {
  return width * height * slices * channels * Math.ceil(bits / 8);
}

/**
 * The records of an image with its masks. The slices of a volume are called NAME-001, NAME-002, … and are of one patient,
 * the volume, so that they stay in one subset.
 * @throws InputError where a mask has another size or another number of slices
 */
export async function sliceRecords(
  name: string,
  { image, masks, toLabels }: LabelledEntry,
  { neighbours = 0 }: ReadingOptions,
  shelf: Shelf,
): Promise<FolderRecord[]> {
  const around: Entry = { ...image, open: async () => withNeighbours(await image.open(), neighbours) };
  const entries = [around, ...masks.map((mask) => overImage(mask, image))];
  const own = await image.open();
  const { header } = withNeighbours(own, neighbours);
  const others = await Promise.all(entries.slice(1).map(async (mask) => (await mask.open()).header));
  const headers = [header, ...others];
  for (const [k, mask] of others.entries()) requireSize(image.path, header, masks[k]!.path, mask);
  const file = { path: image.path, name, format: own.format, header: own.header };
  const { width, height, channels, slices, samples, plane, remarks } = header;
  return Array.from({ length: slices }, (_, z): FolderRecord => {
    const isPicture = slices === 1;
    return {
      name: sliceName(name, z, slices),
      file,
      ...(!isPicture && { patient: name }),
      width,
      height,
      channels,
      samples,
      ...(plane && { plane }),
      ...(remarks && z === 0 && { remarks }),
      async read() {
        const read = async (entry: Entry, k: number) => {
          const opened = isPicture ? entry.open() : shelf.open(entry, headers[k]!);
          return (await opened).read(z);
        };
        const [stored, ...labels] = await Promise.all(entries.map(read));
        return { image: stored!, mask: toLabels(labels) };
      },
    };
  });
}

/** A mask whose slices are those of its image, as they are in every file but a segmentation. */
function overImage(mask: Entry, image: Entry): Entry {
  return {
    ...mask,
    async open() {
      const opened = await mask.open();
      if (!opened.segments) return opened;
      const under = await image.open();
      if (under.labels) return under.labels(opened);
      const what = `a DICOM segmentation, and ${image.path} is ${under.format}`;
      throw new InputError(`${mask.path}: ${what}; give the DICOM files that it is of, or save it as ${under.format}`);
    },
  };
}

/** An image and its one mask. */
export interface Pair {
  readonly name: string;
  readonly image: Entry;
  readonly mask: Entry;
}

/** The records of images that have one mask each; those that do not fit are left out unless `onFaults` throws. */
export async function pairRecords(
  pairs: readonly Pair[],
  classes: number,
  reading: ReadingOptions,
  onFaults: OnFaults,
): Promise<FolderRecord[]> {
  const shelf = new Shelf();
  const foreground = masksOf(reading);
  const records = await inBatches(pairs, ({ name, image, mask }) => {
    const toLabels: ToLabels = ([stored]) =>
      classes === 1 ? foreground(stored!, mask.path) : indexMask(stored!, classes, mask.path);
    return unlessFaulty(onFaults, () => sliceRecords(name, { image, masks: [mask], toLabels }, reading, shelf));
  });
  return present(records).flat();
}

type Size = Pick<ImageHeader, 'width' | 'height' | 'slices'>;

/** @throws InputError unless an image and its mask have the same size and as many slices */
export function requireSize(imagePath: string, image: Size, maskPath: string, mask: Size): void {
  if (image.width === mask.width && image.height === mask.height && image.slices === mask.slices) return;
  const size = ({ width, height, slices }: Size) => `${width}x${height}${slices > 1 ? ` in ${slices} slices` : ''}`;
  const sizes = `${imagePath} is ${size(image)}, its mask ${maskPath} is ${size(mask)}`;
  throw new InputError(`${sizes}; they must have the same size`);
}
