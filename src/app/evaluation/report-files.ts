/** The files of an evaluation: the scores of each image, and the picture of the worst. */

import type { Evaluation } from '../../evaluate/evaluate.js';
import type { MeanScores } from '../../evaluate/metrics.js';
import type { FileKind } from '../../formats/file-kind.js';
import { encodePng } from '../../formats/png/png.js';
import type { Image } from '../../image/image.js';
import { makeFolder, type OutputFile, type Outputs } from '../../platform/node/files/outputs.js';
import { join } from '../../platform/node/files/paths.js';
import { type Cell, encodeCsv } from '../../report/csv.js';
import { WORST_IMAGES } from '../kinds.js';

/** What `--report` writes. */
export interface ReportFiles {
  readonly folder: string;
  readonly worst: OutputFile;
  readonly scores: OutputFile;
}

/** Claims worst.png and images.csv in a folder. */
export async function reportFiles(outputs: Outputs, folder: string): Promise<ReportFiles> {
  await outputs.folder(folder);
  const worst = await outputs.file(join(folder, 'worst.png'), WORST_IMAGES);
  return { folder, worst, scores: await outputs.file(join(folder, 'images.csv'), SCORES_CSV) };
}

/** Writes both files. @returns their paths */
export async function writeReport(files: ReportFiles, csv: string, worst: Image<Uint8Array>): Promise<string[]> {
  await makeFolder(files.folder);
  await files.worst.write(encodePng(worst, WORST_IMAGES.text));
  await files.scores.write(csv);
  return [files.worst.path, files.scores.path];
}

/** Makes a row for each image; with several classes, the columns of each class follow those of their mean. */
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

/** The kind of file that `imagesCsv` makes; the only mark that a CSV can have is its header. */
export const SCORES_CSV: FileKind = {
  name: 'a table of scores',
  begins: (head) => new RegExp(`^image,${Object.keys(CELLS)},(?:.*,)?distance_unit\r\n`).test(head),
};
