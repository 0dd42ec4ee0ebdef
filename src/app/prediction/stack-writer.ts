/**
 * The files of a volume, or of a file of several pages: all masks in one file that lies over it, or a picture for each
 * slice, and NAME-overlay.png of the slice with the largest mask.
 */
import type { ImageHeader } from '../../formats/format.js';
import { sliceName } from '../../formats/stack.js';
import type { Image } from '../../image/image.js';
import type { ImageSource } from '../../image/image-source.js';
import { requireLabels } from '../../infer/instances.js';
import { type StackInstance, StackInstances } from '../../infer/stack-instances.js';
import type { OutputFile } from '../../platform/outputs.js';
import { OVERLAY } from '../kinds.js';
import { OBJECTS_CSV, stackObjectsCsv } from './objects-csv.js';
import { encodeOverlay } from './overlay-picture.js';
import { pictureWriter } from './picture-writer.js';
import { claim, labelsFile, maskFile, probabilitiesFile, type ResultFile, type ResultPlace } from './result-file.js';
import { asImage, type ResultOptions, type Results, type ResultWriter } from './results.js';

/** Claims the files of a stack. */
export async function stackWriter(
  place: ResultPlace,
  header: ImageHeader,
  options: ResultOptions,
): Promise<ResultWriter> {
  if (options.format === 'png') return picturesOfSlices(place, header.slices, options);
  const { source, context } = place;
  return new StackWriter(source, {
    masks: await maskFile({ ...place, format: 'npy' }),
    probabilities: options.saveProbs ? await probabilitiesFile(place) : undefined,
    overlay: await claim(place, '-overlay.png', OVERLAY),
    objects: options.instances
      ? await objectsFiles(place, (found) => stackObjectsCsv(found, header, context.classNames))
      : undefined,
  });
}

/** The files of a picture for each slice, NAME-001 and so on, counted as those of a data folder. */
async function picturesOfSlices(place: ResultPlace, slices: number, options: ResultOptions): Promise<ResultWriter> {
  const writers: ResultWriter[] = [];
  for (let z = 0; z < slices; z++) {
    const target = sliceName(place.target, z, slices);
    writers.push(await pictureWriter({ ...place, target }, options));
  }
  return {
    wants: writers[0]!.wants,
    add: (slice, ...rest) => writers[slice]!.add(slice, ...rest),
    async finish() {
      let objects = 0;
      for (const writer of writers) objects += await writer.finish();
      return objects;
    },
  };
}

interface ObjectsFiles {
  readonly labels: ResultFile;
  readonly table: OutputFile;
  readonly csv: (instances: readonly StackInstance[]) => string;
}

async function objectsFiles(place: ResultPlace, csv: ObjectsFiles['csv']): Promise<ObjectsFiles> {
  return { labels: await labelsFile(place), table: await claim(place, '-objects.csv', OBJECTS_CSV), csv };
}

interface StackFiles {
  readonly masks: ResultFile;
  readonly probabilities: ResultFile | undefined;
  readonly overlay: OutputFile;
  readonly objects: ObjectsFiles | undefined;
}

class StackWriter implements ResultWriter {
  readonly #masks: Image<Uint8Array>[] = [];
  readonly #probabilities: Image[] = [];
  readonly #objects = new StackInstances();
  #shown: { readonly image: ImageSource; readonly mask: Image<Uint8Array>; readonly area: number } | undefined;

  /** @param source the path of the image, for errors */
  constructor(
    readonly source: string,
    readonly files: StackFiles,
  ) {}

  get wants() {
    return { prediction: this.files.probabilities !== undefined, instances: this.files.objects !== undefined };
  }

  async add(_: number, image: ImageSource, { mask, prediction, instances }: Results): Promise<void> {
    this.#masks.push(mask);
    if (prediction) this.#probabilities.push(asImage(prediction));
    if (instances) this.#objects.add(instances);
    const area = mask.data.reduce((sum, label) => sum + Number(label > 0), 0);
    if (!this.#shown || area > this.#shown.area) this.#shown = { image, mask, area };
  }

  /** @throws InputError for more objects than labels of 16 bits tell apart, before any of the files is written */
  async finish(): Promise<number> {
    const { masks, overlay, probabilities, objects } = this.files;
    const found = this.#objects.instances();
    requireLabels(found.length, this.source);
    await masks.write(this.#masks);
    const { image, mask } = this.#shown!;
    await overlay.write(await encodeOverlay(image, mask));
    await probabilities?.write(this.#probabilities);
    await objects?.labels.write(this.#objects.labels());
    await objects?.table.write(objects.csv(found));
    return found.length;
  }
}
