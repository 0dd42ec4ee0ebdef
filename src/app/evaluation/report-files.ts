/** The files of an evaluation: the scores of each image, and the picture of the worst. */

import { makeFolder, type Outputs } from '#platform/files/outputs.js';
import { join } from '#platform/files/paths.js';
import type { ImageRecords } from '../../data/record.js';
import type { ModelScores } from '../../evaluate/evaluate.js';
import type { MeanScores } from '../../evaluate/metrics.js';
import type { FileKind } from '../../formats/file-kind.js';
import { encodePng } from '../../formats/png/encode.js';
import type { Image } from '../../image/image.js';
import type { OutputFile } from '../../platform/outputs.js';
import { type Cell, encodeCsv } from '../../report/csv.js';
import { WORST_IMAGES } from '../kinds.js';

/** What `--report` writes. */
export interface ReportFiles {
  readonly folder: string;
  readonly worst: OutputFile;
  readonly scores: OutputFile;
  /** It is written where the patient of every image is known. */
  readonly patients: OutputFile;
}

/** Claims worst.png, images.csv and patients.csv in a folder. */
export async function reportFiles(outputs: Outputs, folder: string): Promise<ReportFiles> {
  await outputs.folder(folder);
  const worst = await outputs.file(join(folder, 'worst.png'), WORST_IMAGES);
  const scores = await outputs.file(join(folder, 'images.csv'), SCORES_CSV);
  return { folder, worst, scores, patients: await outputs.file(join(folder, 'patients.csv'), PATIENTS_CSV) };
}

/** Writes the files. @returns their paths */
export async function writeReport(
  files: ReportFiles,
  evaluation: ModelScores,
  csv: string,
  worst: Image<Uint8Array>,
): Promise<string[]> {
  await makeFolder(files.folder);
  await files.worst.write(encodePng(worst, WORST_IMAGES.text));
  await files.scores.write(csv);
  const patients = patientsCsv(evaluation);
  if (patients === undefined) return [files.worst.path, files.scores.path];
  await files.patients.write(patients);
  return [files.worst.path, files.scores.path, files.patients.path];
}

/**
 * Makes a row for each image; with several classes, the columns of each class follow those of their mean. Where patients
 * are known a column names them.
 */
export function imagesCsv(evaluation: ModelScores, records: ImageRecords): string {
  const { perImage = [], patients, distanceUnit: unit = 'px' } = evaluation;
  const columns = columnsOf(perImage);
  const classes = perImage[0]?.perClass?.map((scores) => `_${scores.class}`) ?? [];
  const names = ['', ...classes].flatMap((suffix) => Object.keys(columns).map((name) => name + suffix));
  const rows = perImage.map(({ image, perClass = [], ...scores }) => {
    const cells = [scores, ...perClass].flatMap((of) => Object.values(columns).map((read) => read(of)));
    return [image, ...cells, ...(patients ? [records.get(image)!.patient!] : []), unit];
  });
  return encodeCsv(['image', ...names, ...(patients ? ['patient'] : []), 'distance_unit'], rows);
}

type Columns = Readonly<Record<string, (scores: MeanScores) => Cell>>;

const CELLS: Columns = {
  dice: ({ dice }) => dice,
  iou: ({ iou }) => iou,
  precision: ({ precision }) => precision,
  sensitivity: ({ sensitivity }) => sensitivity,
  specificity: ({ specificity }) => specificity,
  hd95: ({ hd95 = null }) => hd95,
  assd: ({ assd = null }) => assd,
};

const OBJECT_CELLS: Columns = {
  objects_predicted: ({ objects }) => objects!.predicted,
  objects_true: ({ objects }) => objects!.actual,
  objects_matched: ({ objects }) => objects!.matched,
  object_precision: ({ objects }) => objects!.precision,
  object_recall: ({ objects }) => objects!.recall,
  object_f1: ({ objects }) => objects!.f1,
  sq: ({ objects }) => objects!.sq,
  pq: ({ objects }) => objects!.pq,
};

/** The columns of scores: those of objects where they were scored. */
function columnsOf([first]: readonly MeanScores[]): Columns {
  return first?.objects ? { ...CELLS, ...OBJECT_CELLS } : CELLS;
}

/** Makes a row for each patient, the means over its images; nothing where patients are not known. */
export function patientsCsv({ patients, distanceUnit = 'px' }: ModelScores): string | undefined {
  if (!patients) return undefined;
  const columns = columnsOf(patients.perPatient);
  const rows = patients.perPatient.map(({ patient, images, ...scores }) => {
    return [patient, images, ...Object.values(columns).map((read) => read(scores)), distanceUnit];
  });
  return encodeCsv(['patient', 'images', ...Object.keys(columns), 'distance_unit'], rows);
}

/** The kind of file that `patientsCsv` makes. */
const PATIENTS_CSV: FileKind = {
  name: 'a table of scores by patient',
  begins: (head) => new RegExp(`^patient,images,${Object.keys(CELLS)},(?:.*,)?distance_unit\r\n`).test(head),
};

/** The kind of file that `imagesCsv` makes; the only mark that a CSV can have is its header. */
export const SCORES_CSV: FileKind = {
  name: 'a table of scores',
  begins: (head) => new RegExp(`^image,${Object.keys(CELLS)},(?:.*,)?distance_unit\r\n`).test(head),
};
