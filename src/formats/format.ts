/** What a format of images is: how its files are known, looked at, read and written. */
import type { Image } from '../image/image.js';

/** What the beginning of a file says of its image. */
export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  /** Those of the decoded image. */
  readonly channels: number;
  /** How many bits a sample takes in the file. */
  readonly bits: number;
}

/** How many bytes of a file's beginning tell its format, and are what `probe` wants. */
export const PROBE_BYTES = 4096;

/** Every function starts its errors, InputErrors of one line, with `name`: what the file is called, usually its path. */
export interface ImageFormat {
  /** For messages: `PNG`. */
  readonly name: string;
  /** What names of such files end in, in small letters: `.png`. */
  readonly extensions: readonly string[];
  /** Whether a file that begins like this is one. */
  matches(start: Uint8Array): boolean;
  /** @param start the first `PROBE_BYTES` of a file, or all of a shorter one */
  probe(start: Uint8Array, name: string): ImageHeader;
  /** Refuses a file that is cut short or damaged, as far as it shows without decoding: by its structure and checksums. */
  verify(bytes: Uint8Array, name: string): void;
  decode(bytes: Uint8Array, name: string): Image;
  /** Refuses an image that the format cannot hold. */
  encode(image: Image, name: string): Uint8Array;
}
