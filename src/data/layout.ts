import type { Image } from '../base/image.js';

/** One labelled image as it lies in a data folder: its header facts now, its pixels when they are asked for. */
export interface Pair {
  readonly name: string;
  /** 1 when it is stored as grey, else 3. */
  readonly channels: 1 | 3;
  read(): Promise<{ readonly image: Image; readonly mask: Image<Uint8Array> }>;
}

/** A way to lay out a data folder: how to know it by what is in it, and how to list its pairs. */
export interface Layout {
  /** What errors tell the user that they could have. */
  readonly expected: string;
  recognises(entries: readonly string[]): boolean;
  /** All pairs, each checked as far as its headers go, sorted by name. */
  pairs(dir: string): Promise<readonly Pair[]>;
}
