/** The interface of image formats: how files are recognised, probed, read and written. */
import type { Image } from '../image/image.js';

/** What the beginning of a file says of its image. */
export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  /** The channels of the decoded image. */
  readonly channels: number;
  /** How many bits a sample takes in the file. */
  readonly bits: number;
}

/** How many bytes of a file's beginning decide its format, and are what `probe` needs. */
export const PROBE_BYTES = 4096;

/** A format. Every function starts its errors, InputErrors of one line, with the file's `name`, usually its path. */
export interface ImageFormat {
  /** The name of the format in messages: `PNG`. */
  readonly name: string;
  /** The endings of the names of such files, in lower case: `.png`. */
  readonly extensions: readonly string[];
  /** Whether a file that begins like this has the format. */
  matches(start: Uint8Array): boolean;
  /** @param start the first `PROBE_BYTES` of a file, or all of a shorter one */
  probe(start: Uint8Array, name: string): ImageHeader;
  /** Refuses a file that is cut short or damaged, as far as structure and checksums show it without decoding. */
  verify(bytes: Uint8Array, name: string): void;
  decode(bytes: Uint8Array, name: string): Image;
  /** Refuses an image that the format cannot hold. */
  encode(image: Image, name: string): Uint8Array;
}
