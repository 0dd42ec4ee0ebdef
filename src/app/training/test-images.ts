/** `train --test`: what the best model of a run is worth on images that had no part in it. */

import { lossOptions } from '../../cli/options/train-options.js';
import { objectiveText } from '../../cli/tables/describe.js';
import { evaluationTable, worstImages } from '../../cli/tables/evaluate-table.js';
import type { ProgressBar } from '../../cli/terminal/progress.js';
import { type Evaluation, evaluate } from '../../evaluate/evaluate.js';
import { encodePng } from '../../formats/png/png.js';
import type { RunFolder } from '../../platform/node/runs/run-folder.js';
import { imagesCsv, worstSheet } from '../evaluate-files.js';
import { WORST_IMAGES } from '../kinds.js';
import type { TrainingJob } from './job.js';

/** How many of the worst images are shown. */
const WORST = 5;

export interface TestResult {
  readonly evaluation: Evaluation;
  /** For people. */
  readonly lines: readonly string[];
}

/** Measures every head, and writes test.csv and test.png into the run's folder. @returns undefined where `signal` ends it */
export async function measureOnTest(
  { model, dataset, options }: TrainingJob,
  folder: RunFolder,
  progress: ProgressBar,
  signal: AbortSignal,
): Promise<TestResult | undefined> {
  const loss = lossOptions(options);
  const measure = evaluate(model, dataset, {
    subset: 'test',
    loss,
    batch: options.microBatch,
    perImage: true,
    distances: true,
    signal,
    onProgress: (done, total) => progress.update('test', done, total, `${done} of ${total} images`),
  });
  const evaluation = await measure.catch((error: unknown) => {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  });
  if (!evaluation) return undefined;
  const worst = worstImages(evaluation.perImage!, WORST);
  await folder.write('test.csv', imagesCsv(evaluation, 'px'));
  const sheet = await worstSheet(model, dataset, evaluation, worst, options.microBatch);
  await folder.write('test.png', encodePng(sheet, WORST_IMAGES.text));
  progress.clear();
  const objective = objectiveText(loss);
  const context = { subset: 'test', size: dataset.size, unit: 'px', objective, worst } as const;
  return { evaluation, lines: evaluationTable(evaluation, context) };
}
