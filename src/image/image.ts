/** Images as arrays, and the sizes of what they show. */

/** The longest side of an image that is read, in pixels. */
export const MAX_SIDE = 16384;

/** Samples of an image; integers are in the range of their type (0..255, 0..65535), floats as they are. */
export type ImageData = Uint8Array | Uint16Array | Float32Array;

/** The distance from a pixel's centre to the next below it and to the next beside it, in millimetres unless stated. */
export type Spacing = readonly [row: number, column: number];

/**
 * An image in HWC order: `data[(y * width + x) * channels + c]`. Channels may be anything: grey, colours, stains, sequences
 * of a scanner, neighbouring slices of a volume. A volume is a list of such images, its slices.
 */
export interface Image<T extends ImageData = ImageData> {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: T;
  /** How far apart the pixels were as they were stored, where the file says so. An image that is computed has none. */
  readonly spacing?: Spacing;
}
