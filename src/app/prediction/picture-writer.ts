/** The files of a picture: its mask, NAME-overlay.png, and what else is asked for. */
import type { FileKind } from '../../formats/file-kind.js';
import { encodePng } from '../../formats/png/png.js';
import type { Image } from '../../image/image.js';
import { type Instance, requireLabels } from '../../infer/instances.js';
import type { OutputFile } from '../../platform/node/files/outputs.js';
import { type Cell, encodeCsv } from '../../report/csv.js';
import { overlayClasses } from '../../report/overlay.js';
import { LABELS, OVERLAY } from '../kinds.js';
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
  return {
    wants: { prediction: saveProbs, instances },
    add: (_, image, results) => writePicture(files, image, results, { ...context, name: source }),
    finish: async () => {},
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
  image: Image,
  { mask, prediction, instances }: Results,
  { classNames, name }: ResultContext & { readonly name: string },
): Promise<void> {
  if (instances) requireLabels(instances.instances.length, name);
  await files.mask.write([mask]);
  await files.overlay.write(encodePng(overlayClasses(image, mask), OVERLAY.text));
  if (prediction) await files.probabilities?.write([asImage(prediction)]);
  if (!instances) return;
  // Last, when the memory of the overlay is free again.
  await files.labels?.write(encodePng(instances.labels(), LABELS.text));
  await files.objects?.write(objectsCsv(instances.instances, image, classNames));
}

/**
 * Makes a row for each object; its class and its name are left out where there is one, its area in mm² where the image
 * does not say its spacing.
 */
export function objectsCsv(instances: readonly Instance[], { spacing }: Image, classNames: readonly string[]): string {
  const columns: Readonly<Record<string, (instance: Instance) => Cell>> = {
    label: ({ label }) => label,
    ...(classNames.length > 1 && {
      class: (instance: Instance) => instance.class,
      class_name: (instance: Instance) => classNames[instance.class - 1]!,
    }),
    area_px: ({ area }) => area,
    ...(spacing && { area_mm2: ({ area }: Instance) => area * spacing[0] * spacing[1] }),
    centroid_x: ({ centroid }) => centroid.x,
    centroid_y: ({ centroid }) => centroid.y,
    box_x: ({ box }) => box.left,
    box_y: ({ box }) => box.top,
    box_width: ({ box }) => box.width,
    box_height: ({ box }) => box.height,
    mean_probability: ({ probability }) => probability,
  };
  const rows = instances.map((instance) => Object.values(columns).map((read) => read(instance)));
  return encodeCsv(Object.keys(columns), rows);
}

/** The kind of file that `objectsCsv` makes; the only mark that a CSV can have is its header. */
const OBJECTS_CSV: FileKind = {
  name: 'a table of objects',
  begins: (head) =>
    /^label,(?:class,(?:class_name,)?)?area_px,(?:area_mm2,)?centroid_x,.*,mean_probability\r\n/.test(head),
};
