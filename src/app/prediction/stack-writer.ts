/**
 * The files of a volume, or of a file of several pages: all masks in one file that lies over it, or a picture for each
 * slice, and NAME-overlay.png of the slice with the largest mask.
 */
import { InputError } from '../../base/errors.js';
import { encodePng } from '../../formats/png/png.js';
import { sliceName } from '../../formats/stack.js';
import type { Image } from '../../image/image.js';
import type { OutputFile } from '../../platform/node/files/outputs.js';
import { overlayClasses } from '../../report/overlay.js';
import { OVERLAY } from '../kinds.js';
import { pictureWriter } from './picture-writer.js';
import { claim, maskFile, probabilitiesFile, type ResultFile, type ResultPlace } from './result-file.js';
import { asImage, type ResultOptions, type Results, type ResultWriter } from './results.js';

/**
 * Claims the files of a stack.
 * @throws InputError where objects are asked for, which are found in single pictures only
 */
export async function stackWriter(place: ResultPlace, slices: number, options: ResultOptions): Promise<ResultWriter> {
  if (options.instances) {
    const what = `${slices} slices, and objects are found in single pictures`;
    throw new InputError(`${place.source}: ${what}; leave --instances out`);
  }
  if (options.format === 'png') return picturesOfSlices(place, slices, options);
  const masks = await maskFile({ ...place, format: place.own ? place.format : 'npy' });
  const probabilities = options.saveProbs ? await probabilitiesFile(place) : undefined;
  const overlay = await claim(place, '-overlay.png', OVERLAY);
  return new StackWriter(masks, overlay, probabilities);
}

/** The files of a picture for each slice, NAME-001 and so on, counted as those of a data folder. */
async function picturesOfSlices(place: ResultPlace, slices: number, options: ResultOptions): Promise<ResultWriter> {
  const writers: ResultWriter[] = [];
  for (let z = 0; z < slices; z++) {
    const target = sliceName(place.target, z, slices);
    writers.push(await pictureWriter({ ...place, target, own: undefined }, options));
  }
  return {
    wants: writers[0]!.wants,
    add: (slice, ...rest) => writers[slice]!.add(slice, ...rest),
    finish: async () => {},
  };
}

class StackWriter implements ResultWriter {
  readonly #masks: Image<Uint8Array>[] = [];
  readonly #probabilities: Image[] = [];
  #shown: { readonly image: Image; readonly mask: Image<Uint8Array>; readonly area: number } | undefined;

  constructor(
    readonly masks: ResultFile,
    readonly overlay: OutputFile,
    readonly probabilities: ResultFile | undefined,
  ) {}

  get wants() {
    return { prediction: this.probabilities !== undefined, instances: false };
  }

  async add(_: number, image: Image, { mask, prediction }: Results): Promise<void> {
    this.#masks.push(mask);
    if (prediction) this.#probabilities.push(asImage(prediction));
    const area = mask.data.reduce((sum, label) => sum + Number(label > 0), 0);
    if (!this.#shown || area > this.#shown.area) this.#shown = { image, mask, area };
  }

  async finish(): Promise<void> {
    await this.masks.write(this.#masks);
    const { image, mask } = this.#shown!;
    await this.overlay.write(encodePng(overlayClasses(image, mask), OVERLAY.text));
    await this.probabilities?.write(this.#probabilities);
  }
}
