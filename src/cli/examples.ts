/** The examples shown in `predictions.png`: images of the validation set with what the model says of them. */
import type { Dataset } from '../data/dataset.js';
import type { Model } from '../model/model.js';
import { toMask } from '../model/prediction.js';
import type { SheetRow } from '../report/sheet.js';
import { breathe } from '../train/batches.js';
import { Tally } from '../train/metrics.js';

const ROWS = 6;

/** Rows spread evenly over the validation set, so that neighbouring slices do not fill the sheet. */
export async function examples(model: Model, dataset: Dataset): Promise<SheetRow[]> {
  const names = dataset.split.validation;
  const count = Math.min(ROWS, names.length);
  const rows: SheetRow[] = [];
  for (let k = 0; k < count; k++) {
    await breathe();
    const { name, image, mask } = await dataset.load(names[Math.floor((k * names.length) / count)]!);
    const prediction = toMask(model.probabilities([image], 'accurate')[0]!);
    const tally = new Tally(model.config.classes);
    tally.add(prediction, mask);
    rows.push({ name, image, target: mask, prediction, dice: tally.scores().dice });
  }
  return rows;
}
