/** The files of a picture: its mask, NAME-overlay.png, and what else is asked for. */
import { encodePng } from '../../formats/png/encode.js';
import type { ImageSource } from '../../image/image-source.js';
import { requireLabels } from '../../infer/instances.js';
import type { OutputFile } from '../../platform/outputs.js';
import { LABELS, OVERLAY } from '../kinds.js';
import { OBJECTS_CSV, objectsCsv } from './objects-csv.js';
import { encodeOverlay } from './overlay-picture.js';
import { claim, maskFile, probabilitiesFile, type ResultFile, type ResultPlace } from './result-file.js';
import { asImage, type ResultContext, type ResultOptions, type Results, type ResultWriter } from './results.js';

/** Claims the files of a picture. */
export async function pictureWriter(
  place: ResultPlace,
  { saveProbs = false, instances = false }: ResultOptions,
): Promise<ResultWriter> {
  const { context, source } = place;
  const files: PictureFiles = {
    mask: await maskFile(place),
    overlay: await claim(place, '-overlay.png', OVERLAY),
    ...(saveProbs && { probabilities: await probabilitiesFile(place) }),
    ...(instances && {
      labels: await claim(place, '-labels.png', LABELS),
      objects: await claim(place, '-objects.csv', OBJECTS_CSV),
    }),
  };
  let objects = 0;
  return {
    wants: { prediction: saveProbs, instances },
    async add(_, image, results) {
      await writePicture(files, image, results, { ...context, name: source });
      objects += results.instances?.instances.length ?? 0;
    },
    finish: async () => objects,
  };
}

interface PictureFiles {
  readonly mask: ResultFile;
  readonly overlay: OutputFile;
  readonly probabilities?: ResultFile;
  readonly labels?: OutputFile;
  readonly objects?: OutputFile;
}

/** @throws InputError for more objects than a label image holds, before any of the files is written */
async function writePicture(
  files: PictureFiles,
  image: ImageSource,
  { mask, prediction, instances }: Results,
  { classNames, name }: ResultContext & { readonly name: string },
): Promise<void> {
  if (instances) requireLabels(instances.instances.length, name);
  await files.mask.write([mask]);
  await files.overlay.write(await encodeOverlay(image, mask));
  if (prediction) await files.probabilities?.write([asImage(prediction)]);
  if (!instances) return;
  await files.labels?.write(encodePng(instances.labels(), LABELS.text));
  await files.objects?.write(objectsCsv(instances.instances, image, classNames));
}
