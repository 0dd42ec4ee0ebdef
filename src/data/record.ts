/** Records: labelled images as they are stored, each at its own size, before anything is made of them for a network. */

import { InputError } from '../base/errors.js';
import type { SampleKind, StoredImage } from '../formats/format.js';
import { isConvertible } from '../image/channels.js';
import type { Image } from '../image/image.js';
import type { Plane } from '../image/plane.js';

/** An image as it is stored, and its mask: 0 = background, 1..K = the classes. */
export interface LabelledImage {
  readonly image: StoredImage;
  readonly mask: Image<Uint8Array>;
}

/** What is known of the person that an image shows. */
export interface Origin {
  /** The patient, whose images are all kept in one subset. */
  readonly patient?: string;
  /** A class of the image as a whole, such as a diagnosis; each subset gets the same fraction of its images. */
  readonly label?: string;
}

/** One labelled image of a data set: what its header says at once, its pixels when they are read. */
export interface ImageRecord extends Origin {
  readonly name: string;
  /** Width of the stored image in pixels. */
  readonly width: number;
  /** Height of the stored image in pixels. */
  readonly height: number;
  /** How many channels are stored: 1 when it is grey, 3 in colour, any number of a .npy or of several sequences. */
  readonly channels: number;
  /** The numbers of its file. Default: unsigned. */
  readonly samples?: SampleKind;
  /** The plane that its volume is cut along, where it is a slice of one. */
  readonly plane?: Plane;
  /** What its file says of itself that bears on how it is read; of a volume, the first slice has it. */
  readonly remarks?: readonly string[];
  /**
   * Reads image and mask.
   * @throws InputError when a file turns out to be damaged or no mask
   */
  read(): Promise<LabelledImage>;
}

/** Records by their names, in the order of the names. */
export type ImageRecords = ReadonlyMap<string, ImageRecord>;

/**
 * Returns how many channels the images are brought to: those that all have, and 3 where some are grey and some in colour.
 * @throws InputError where they have other numbers of channels
 */
export function storedChannels(records: ImageRecords): number {
  const [first, ...others] = records.values();
  if (!first) return 1;
  const most = others.reduce((a, b) => (b.channels > a.channels ? b : a), first);
  const other = [...records.values()].find(({ channels }) => !isConvertible(channels, most.channels));
  if (!other) return most.channels;
  const channels = (record: ImageRecord) => `${record.name} has ${record.channels}`;
  throw new InputError(
    `the images have different channels: ${channels(other)}, ${channels(most)}; keep images of one kind`,
  );
}

/** Returns how many pixels the images have together, as they are stored. */
export function storedPixels(records: ImageRecords): number {
  return [...records.values()].reduce((sum, { width, height }) => sum + width * height, 0);
}
