/** The pictures of a run: what the model predicts for some validation images, and how it learned. */

import { evenly } from '../../base/evenly.js';
import { roundUp } from '../../base/multiples.js';
import { evaluate } from '../../evaluate/evaluate.js';
import { encodePng } from '../../formats/png/encode.js';
import { learningCurves } from '../../report/curves.js';
import { predictionSheet, type SheetRow } from '../../report/sheet.js';
import type { RunFolder } from '../../runs/run-folder.js';
import type { EpochReport } from '../../train/report.js';
import { sheetRow } from '../evaluation/worst-images.js';
import { LEARNING_CURVES, PREDICTIONS } from '../kinds.js';
import { lossOptions } from '../options/train-options.js';
import type { TrainingJob } from './job.js';

/** How many images are shown at most. */
export const PICTURED = 6;

/** The parts of a job that the pictures are made of. */
type Pictured = Pick<TrainingJob, 'model' | 'dataset' | 'options'>;

/** Writes predictions.png, and where an epoch was trained curves.png. */
export async function writePictures(
  folder: Pick<RunFolder, 'write'>,
  job: Pictured,
  epochs: readonly EpochReport[],
): Promise<void> {
  const sheet = predictionSheet(await examples(job));
  await folder.write('predictions.png', encodePng(sheet, PREDICTIONS.text));
  if (epochs.length === 0) return;
  const curves = learningCurves(epochs.map(curvePoint));
  await folder.write('curves.png', encodePng(curves, LEARNING_CURVES.text));
}

/**
 * The validation images that are shown, as the model now segments them. They are scored in batches of the sizes that the
 * validation had: for another size, a program would be compiled whose memory is in no forecast.
 */
export async function examples({ model, dataset, options }: Pictured): Promise<SheetRow[]> {
  const { split } = dataset;
  const { microBatch: batch } = options;
  const shown = evenly(split.validation, PICTURED);
  const others = split.validation.filter((name) => !shown.includes(name));
  const validation = [...shown, ...others].slice(0, roundUp(shown.length, batch));
  const rows: SheetRow[] = [];
  const scored = { ...dataset, split: { ...split, validation } };
  await evaluate(model, scored, { batch, loss: lossOptions(options), onImage: (image) => rows.push(sheetRow(image)) });
  return rows.slice(0, shown.length);
}

function curvePoint({ epoch, training, validation }: EpochReport) {
  const heads = validation.heads.map(({ head, dice }) => [head, dice] as const);
  const dice = Object.fromEntries(heads.length > 1 ? [...heads, ['mean', validation.dice]] : heads);
  return { epoch, trainLoss: training.total, validationLoss: validation.loss, dice };
}
