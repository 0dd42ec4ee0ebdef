import type { PngImage } from '../../formats/png/png.js';
import type { Image } from '../../image/image.js';
import type { OnFaults } from '../faults.js';

/** An image as it is stored, and its mask: 0 = background, 1..K = the classes. */
export interface LabelledImage {
  readonly image: Image<Uint8Array | Uint16Array> & Pick<PngImage, 'hasAlpha'>;
  readonly mask: Image<Uint8Array>;
}

/** What is known of whom an image shows. */
export interface Origin {
  /** Images of one patient are kept in one subset. */
  readonly patient?: string;
  /** A class of the image as a whole (a diagnosis), of which each subset gets its share. */
  readonly label?: string;
}

/** One labelled image as it lies in a data folder: its header facts now, its pixels when they are asked for. */
export interface Item extends Origin {
  readonly name: string;
  /** 1 when it is stored as grey, else 3. */
  readonly channels: 1 | 3;
  read(): Promise<LabelledImage>;
}

/** What a folder holds. */
export interface Contents {
  /** Sorted by name, each checked as far as its headers go. */
  readonly pairs: readonly Item[];
  /** What the values 1..K of the masks stand for. */
  readonly classNames: readonly string[];
  /** Paths of what was passed over: no image, no mask, nothing that the layout knows. */
  readonly skipped: readonly string[];
}

/** A way to lay out a data folder: how to know it by what is in it, and how to list its pairs. */
export interface FolderFormat {
  /** What errors tell the user that they could have. */
  readonly expected: string;
  recognises(dir: string, entries: readonly string[]): Promise<boolean>;
  /** @param onFaults is told of pairs that do not do; unless it throws, they are left out */
  contents(dir: string, entries: readonly string[], onFaults: OnFaults): Promise<Contents>;
}
