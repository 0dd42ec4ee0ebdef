/** Images of one size packed as the network reads them, and its answers cut into predictions again. */
import type { Values } from '../backend/backend.js';
import type { Image, ImageData } from '../image/image.js';
import { pack } from '../image/pack.js';
import { cropBack, padReflect } from '../image/pad.js';
import type { Prediction } from './prediction.js';

/** Packs images for the network, and unpacks its answers. */
export class Batch<T extends ImageData> {
  /** The size that the network sees, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The images one after the other, [N,H,W,C]. */
  readonly data: T;
  readonly #images: readonly Image<T>[];
  /** The position of the images' first pixel in the padded ones; they are of one size, so it is the same for all. */
  readonly #origin: { readonly x: number; readonly y: number };

  /**
   * Pads the images by reflection to multiples of `multiple`.
   * @param images images of one size, at least one
   */
  constructor(images: readonly Image<T>[], multiple: number) {
    const padded = images.map((image) => padReflect(image, multiple));
    const { image, x, y } = padded[0]!;
    this.width = image.width;
    this.height = image.height;
    this.data = pack(padded.map((each) => each.image));
    this.#images = images;
    this.#origin = { x, y };
  }

  /** The predictions that lie in probabilities [N,H,W,classes], each cropped to its image's size. */
  predictions(probs: Values, classes: number): Prediction[] {
    const { width, height } = this;
    const length = width * height * classes;
    return this.#images.map((image, n) => {
      const data = new Float32Array(probs.subarray(n * length, (n + 1) * length));
      const padded = { width, height, channels: classes, data };
      const cropped = cropBack(padded, this.#origin, image.width, image.height);
      return { width: image.width, height: image.height, classes, probs: cropped.data };
    });
  }
}
