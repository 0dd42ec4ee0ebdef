/** The pictures of a run: what the model says of some validation images, and how it learned. */

import { evenly } from '../../base/evenly.js';
import { yieldToEventLoop } from '../../base/event-loop.js';
import type { Dataset } from '../../data/dataset.js';
import { MetricAccumulator } from '../../evaluate/metrics.js';
import { encodePng } from '../../formats/png/png.js';
import { toMask } from '../../infer/prediction.js';
import type { Model } from '../../model/model.js';
import type { RunFolder } from '../../platform/node/runs/run-folder.js';
import { learningCurves } from '../../report/curves.js';
import { predictionSheet, type SheetRow } from '../../report/sheet.js';
import type { EpochReport } from '../../train/report.js';
import { LEARNING_CURVES, PREDICTIONS } from '../kinds.js';

/** Images shown, at most. */
const ROWS = 6;

/** Writes predictions.png, and where an epoch was trained curves.png. */
export async function writePictures(
  folder: RunFolder,
  model: Model,
  dataset: Dataset,
  epochs: readonly EpochReport[],
): Promise<void> {
  const sheet = predictionSheet(await examples(model, dataset));
  await folder.write('predictions.png', encodePng(sheet, PREDICTIONS.text));
  if (epochs.length === 0) return;
  const curves = learningCurves(epochs.map(curvePoint));
  await folder.write('curves.png', encodePng(curves, LEARNING_CURVES.text));
}

async function examples(model: Model, dataset: Dataset): Promise<SheetRow[]> {
  const rows: SheetRow[] = [];
  for (const chosen of evenly(dataset.split.validation, ROWS)) {
    await yieldToEventLoop();
    const { name, image, mask } = await dataset.load(chosen);
    const prediction = toMask((await model.probabilities([image], 'accurate'))[0]!);
    const metrics = new MetricAccumulator(model.config.classes);
    metrics.add(prediction, mask);
    rows.push({ name, image, target: mask, prediction, dice: metrics.scores().dice });
  }
  return rows;
}

function curvePoint({ epoch, training, validation }: EpochReport) {
  const heads = validation.heads.map(({ head, dice }) => [head, dice] as const);
  const dice = Object.fromEntries(heads.length > 1 ? [...heads, ['mean', validation.dice]] : heads);
  return { epoch, trainLoss: training.total, validationLoss: validation.loss, dice };
}
