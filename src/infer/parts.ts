/** Parts of an image as the network reads them, prepared one after the other: the whole is never there in that form. */
import { toChannels } from '../image/channels.js';
import type { Image } from '../image/image.js';
import { bandsOf, type ImageSource } from '../image/image-source.js';
import { measurementFor, type Normaliser } from '../image/normalise.js';
import { placed, reflected } from '../image/pad.js';
import { type Preprocessing, prepareImage } from '../image/prepare.js';
import { cutOut, type Window, wholeWindow } from '../image/window.js';
import type { ModelConfig } from '../network/config.js';
import { channelsFor, networkSize } from './preprocessing.js';

/** Reads a window of an image as the network sees it, which may hang over its edges: there it is reflected. */
export type ReadPart = (window: Window) => Promise<Image<Float32Array>>;

/**
 * Prepares parts of an image to the same values as `prepare` gives for the whole. What a normalisation has to know of the
 * whole is measured first, a band at a time. An image that is resampled to another size is prepared as a whole.
 * @throws InputError for an image that does not fit
 */
export async function openParts(
  source: ImageSource,
  config: ModelConfig,
  preprocessing: Preprocessing,
): Promise<ReadPart> {
  const channels = channelsFor(source, config);
  const { width, height } = networkSize(source, preprocessing);
  if (width !== source.width || height !== source.height) {
    const whole = prepareImage(await source.read(wholeWindow(source)), channels, preprocessing);
    return async (window) => cutOut(whole, window);
  }
  const normalise = await measured(source, channels, preprocessing);
  const rows = new RowReader(source);
  return async (window) => normalise(toChannels(await rows.read(window), channels));
}

async function measured(source: ImageSource, channels: number, { normalisation }: Preprocessing): Promise<Normaliser> {
  const measurement = measurementFor(normalisation);
  while (measurement.begin()) {
    for await (const { band } of bandsOf(source)) measurement.add(toChannels(band, channels).data);
  }
  return measurement.normaliser();
}

/** Reads windows. Those beside each other share the rows that they are cut from, which are read once. */
class RowReader {
  #rows: { readonly top: number; readonly image: Image } | undefined;

  constructor(readonly source: ImageSource) {}

  async read({ left, top, width, height }: Window): Promise<Image> {
    const [from, to] = reflected(top, top + height, this.source.height);
    if (this.#rows?.top !== from || this.#rows.image.height !== to - from) {
      this.#rows = undefined;
      const window = { left: 0, top: from, width: this.source.width, height: to - from };
      this.#rows = { top: from, image: await this.source.read(window) };
    }
    return placed(this.#rows.image, width, height, -left, from - top);
  }
}
