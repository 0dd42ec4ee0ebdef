/** Samples of an image; integers are in the range of their type (0..255, 0..65535), floats as they are. */
export type ImageData = Uint8Array | Uint16Array | Float32Array;

/** An image in HWC order: `data[(y * width + x) * channels + c]`. */
export interface Image<T extends ImageData = ImageData> {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: T;
}
