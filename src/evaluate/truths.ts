/** What images are scored against: their masks as they are stored, at their own size. */
import { Cache } from '../data/cache.js';
import type { Dataset, Sample } from '../data/dataset.js';
import type { Image, Spacing } from '../image/image.js';

/** What an image is scored against. */
export interface Truth {
  readonly mask: Image<Uint8Array>;
  /** The size of the image's pixels, where its file says so and it was asked for. */
  readonly spacing?: Spacing | undefined;
}

/** How many bytes of masks are kept: those of 500 images of 512x512 pixels. */
export const TRUTH_BYTES = 128 * 2 ** 20;

/** The stored masks of a data set. They are kept, as far as `TRUTH_BYTES` goes, for whoever scores the images again. */
export class Truths {
  readonly #kept = new Cache<Truth>(TRUTH_BYTES, ({ mask }) => mask.data.byteLength);

  constructor(readonly dataset: Dataset) {}

  /**
   * Returns what a sample is scored against. Nothing is read where the sample has the image's own size: its mask is the
   * stored one.
   * @param measured whether the size of a pixel is asked for, which only the file knows
   */
  async of(sample: Sample, measured = false): Promise<Truth> {
    const { name, mask } = sample;
    const record = this.dataset.records.get(name);
    const isOwn = record === undefined || (record.width === mask.width && record.height === mask.height);
    if (isOwn && !(measured && record)) return { mask };
    return this.#kept.get(`${name} ${measured}`, async () => {
      const stored = await record!.read();
      return { mask: stored.mask, ...(measured && { spacing: stored.image.spacing }) };
    });
  }
}
