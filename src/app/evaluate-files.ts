/** The files that `unetpp evaluate` writes: the scores of each image and the picture of the worst. */
import { join } from 'node:path';
import type { FileKind } from '../base/file-kind.js';
import type { Image } from '../base/image.js';
import { plural } from '../cli/tables/format.js';
import type { Dataset } from '../data/dataset.js';
import type { Evaluation } from '../evaluate/evaluate.js';
import { labelledBatches } from '../evaluate/labelled-batches.js';
import type { MeanScores } from '../evaluate/metrics.js';
import { encodePng } from '../formats/png/png.js';
import { toMask } from '../infer/prediction.js';
import type { Model } from '../model/model.js';
import { outputOf, outputsOf } from '../network/mode.js';
import { makeFolder, type OutputFile, type Outputs } from '../platform/node/files/outputs.js';
import { type Cell, encodeCsv } from '../report/csv.js';
import { predictionSheet, type SheetRow } from '../report/sheet.js';
import { WORST_IMAGES } from './kinds.js';

/** What `--report` writes. */
export interface ReportFiles {
  readonly folder: string;
  readonly worst: OutputFile;
  readonly scores: OutputFile;
}

/** Asks for worst.png and images.csv in a folder. */
export async function reportFiles(outputs: Outputs, folder: string): Promise<ReportFiles> {
  await outputs.folder(folder);
  const worst = await outputs.file(join(folder, 'worst.png'), WORST_IMAGES);
  return { folder, worst, scores: await outputs.file(join(folder, 'images.csv'), SCORES_CSV) };
}

/** @returns the paths of what was written */
export async function writeReport(files: ReportFiles, csv: string, worst: Image<Uint8Array>): Promise<string[]> {
  await makeFolder(files.folder);
  await files.worst.write(encodePng(worst, WORST_IMAGES.text));
  await files.scores.write(csv);
  return [files.worst.path, files.scores.path];
}

/** One row an image; of several classes, the columns of each class follow those of their mean. */
export function imagesCsv({ perImage = [] }: Evaluation, unit: 'px' | 'mm'): string {
  const classes = perImage[0]?.perClass?.map((scores) => `_${scores.class}`) ?? [];
  const names = ['', ...classes].flatMap((suffix) => Object.keys(CELLS).map((name) => name + suffix));
  const rows = perImage.map(({ image, perClass = [], ...scores }) => {
    const cells = [scores, ...perClass].flatMap((of) => Object.values(CELLS).map((read) => read(of)));
    return [image, ...cells, unit];
  });
  return encodeCsv(['image', ...names, 'distance_unit'], rows);
}

const CELLS: Readonly<Record<string, (scores: MeanScores) => Cell>> = {
  dice: ({ dice }) => dice,
  iou: ({ iou }) => iou,
  precision: ({ precision }) => precision,
  sensitivity: ({ sensitivity }) => sensitivity,
  specificity: ({ specificity }) => specificity,
  hd95: ({ hd95 = null }) => hd95,
  assd: ({ assd = null }) => assd,
};

/** What `imagesCsv` writes: a CSV has no place for a mark but its header. */
export const SCORES_CSV: FileKind = {
  name: 'a table of scores',
  begins: (head) => new RegExp(`^image,${Object.keys(CELLS)},(?:.*,)?distance_unit\r\n`).test(head),
};

/** The worst images with their true and predicted masks. @param batch how many are computed at once, as for the scores */
export async function worstSheet(
  model: Model,
  dataset: Dataset,
  { mode, threshold, images }: Evaluation,
  worst: readonly { readonly image: string; readonly dice: number }[],
  batch: number,
): Promise<Image<Uint8Array>> {
  const output = outputsOf(model.config).indexOf(outputOf(mode, model.config));
  const rows: SheetRow[] = [];
  const names = worst.map(({ image }) => image);
  for await (const samples of labelledBatches(model, dataset, names, { batch })) {
    // Padded as they were for the scores: to the depth of the network, whatever the mode.
    const heads = await model.heads(samples.map(({ image }) => image));
    for (const [n, { name, image, mask }] of samples.entries()) {
      const prediction = toMask(heads[output]![n]!, threshold);
      rows.push({ name, image, target: mask, prediction, dice: worst[rows.length]!.dice });
    }
  }
  return predictionSheet(rows, { title: `the worst of ${plural(images, 'image')} by Dice, mode ${mode}` });
}
