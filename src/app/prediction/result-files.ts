/** The files that a prediction writes of each image. */
import type { FileKind } from '../../formats/file-kind.js';
import { encodeNpy, NPY } from '../../formats/npy.js';
import { encodePng } from '../../formats/png/png.js';
import type { Image } from '../../image/image.js';
import { type Instance, type Instances, requireLabels } from '../../infer/instances.js';
import type { Prediction } from '../../infer/prediction.js';
import type { ImageFile } from '../../platform/node/files/list-images.js';
import type { OutputFile, Outputs } from '../../platform/node/files/outputs.js';
import { join } from '../../platform/node/files/paths.js';
import { type Cell, encodeCsv } from '../../report/csv.js';
import { overlayClasses, storedMask } from '../../report/overlay.js';
import { LABELS, MASK, OVERLAY } from '../kinds.js';

/** What is written beside the mask and its overlay. */
export interface ResultOptions {
  /** Whether NAME.npy is written, too: the probabilities [classes, height, width]. */
  readonly saveProbs?: boolean;
  /** Whether NAME-labels.png and NAME-objects.csv are written, too: the number of each pixel's object, and the objects. */
  readonly instances?: boolean;
}

/** The files of one image. */
export interface ResultFiles {
  readonly mask: OutputFile;
  readonly overlay: OutputFile;
  readonly probabilities?: OutputFile;
  readonly labels?: OutputFile;
  readonly objects?: OutputFile;
}

/** What they are made of. */
export interface Results {
  readonly mask: Image<Uint8Array>;
  readonly prediction?: Prediction | undefined;
  readonly instances?: Instances | undefined;
}

/** The pictures of an image NAME, as endings of its name. */
export function picturesOf({ instances }: ResultOptions): readonly string[] {
  return ['', '-overlay', ...(instances ? ['-labels'] : [])];
}

/** Claims the files of an image in a folder. */
export async function claimResults(
  { name }: ImageFile,
  folder: string,
  { saveProbs, instances }: ResultOptions,
  outputs: Outputs,
): Promise<ResultFiles> {
  const target = join(folder, name);
  return {
    mask: await outputs.file(`${target}.png`, MASK),
    overlay: await outputs.file(`${target}-overlay.png`, OVERLAY),
    ...(saveProbs && { probabilities: await outputs.file(`${target}.npy`, NPY) }),
    ...(instances && {
      labels: await outputs.file(`${target}-labels.png`, LABELS),
      objects: await outputs.file(`${target}-objects.csv`, OBJECTS_CSV),
    }),
  };
}

/**
 * Writes the files of an image.
 * @param classes the classes of the network
 * @param name the image's name, for errors
 * @throws InputError for more objects than a label image holds, before any of the files is written
 */
export async function writeResults(
  files: ResultFiles,
  image: Image,
  { mask, prediction, instances }: Results,
  { classes, name }: { readonly classes: number; readonly name: string },
): Promise<void> {
  if (instances) requireLabels(instances.instances.length, name);
  await files.mask.write(encodePng(storedMask(mask, Math.max(1, classes - 1)), MASK.text));
  await files.overlay.write(encodePng(overlayClasses(image, mask), OVERLAY.text));
  if (prediction) await files.probabilities?.write(encodeProbabilities(prediction));
  if (!instances) return;
  // Last, when the memory of the overlay is free again.
  await files.labels?.write(encodePng(instances.labels(), LABELS.text));
  await files.objects?.write(objectsCsv(instances.instances, image, classes));
}

/** Encodes probabilities as a .npy file, class by class: [classes, height, width]. */
function encodeProbabilities({ width, height, classes, probs }: Prediction): Uint8Array {
  const planes = new Float32Array(probs.length);
  const pixels = width * height;
  for (let c = 0; c < classes; c++) for (let i = 0; i < pixels; i++) planes[c * pixels + i] = probs[i * classes + c]!;
  return encodeNpy([classes, height, width], planes);
}

/** Makes a row for each object; its class is left out where there is one, its area in mm² where the image does not say its spacing. */
export function objectsCsv(instances: readonly Instance[], { spacing }: Image, classes: number): string {
  const columns: Readonly<Record<string, (instance: Instance) => Cell>> = {
    label: ({ label }) => label,
    ...(classes > 1 && { class: (instance: Instance) => instance.class }),
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
  begins: (head) => /^label,(?:class,)?area_px,(?:area_mm2,)?centroid_x,.*,mean_probability\r\n/.test(head),
};
