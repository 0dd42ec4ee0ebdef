/** The examples shown in `predictions.png`: images of the validation set with what the model says of them. */
import { yieldToEventLoop } from '../base/event-loop.js';
import type { Dataset } from '../data/dataset.js';
import { MetricAccumulator } from '../evaluate/metrics.js';
import { toMask } from '../infer/prediction.js';
import type { Model } from '../model/model.js';
import type { SheetRow } from '../report/sheet.js';

const ROWS = 6;

export async function examples(model: Model, dataset: Dataset): Promise<SheetRow[]> {
  const rows: SheetRow[] = [];
  for (const chosen of spread(dataset.split.validation, ROWS)) {
    await yieldToEventLoop();
    const { name, image, mask } = await dataset.load(chosen);
    const prediction = toMask((await model.probabilities([image], 'accurate'))[0]!);
    const tally = new MetricAccumulator(model.config.classes);
    tally.add(prediction, mask);
    rows.push({ name, image, target: mask, prediction, dice: tally.scores().dice });
  }
  return rows;
}

/** At most `count` of a list, spread evenly over it, so that neighbouring slices do not fill a sheet. */
export function spread<T>(list: readonly T[], count: number): T[] {
  const shown = Math.min(count, list.length);
  return Array.from({ length: shown }, (_, k) => list[Math.floor((k * list.length) / shown)]!);
}
