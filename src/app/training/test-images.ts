/** `train --test`: the scores of the best model of a run on images that had no part in it. */
import { type Evaluation, evaluate, type NamedScores } from '../../evaluate/evaluate.js';
import { encodePng } from '../../formats/png/encode.js';
import type { RunFolder } from '../../runs/run-folder.js';
import { type EvaluatedSizes, sizesOf } from '../evaluation/evaluation-data.js';
import { imagesCsv } from '../evaluation/report-files.js';
import { WorstImages, worstImages } from '../evaluation/worst-images.js';
import { WORST_IMAGES } from '../kinds.js';
import { type Observer, progressOf } from '../observer.js';
import { lossOptions } from '../options/train-options.js';
import { unlessAborted } from './abort.js';
import type { TrainingJob } from './job.js';

/** How many of the worst images are shown. */
const WORST = 5;

export interface TestResult {
  readonly evaluation: Evaluation;
  readonly sizes: EvaluatedSizes;
  /** The images of the lowest Dice, the worst first. */
  readonly worst: readonly NamedScores[];
}

/**
 * Measures every head, and writes test.csv and test.png into the run's folder.
 * @returns undefined where `signal` ends it
 */
export async function measureOnTest(
  { model, dataset, options }: TrainingJob,
  folder: RunFolder,
  observer: Observer,
  signal: AbortSignal,
): Promise<TestResult | undefined> {
  const pictured = new WorstImages(WORST);
  const measure = evaluate(model, dataset, {
    subset: 'test',
    loss: lossOptions(options),
    batch: options.microBatch,
    perImage: true,
    distances: true,
    signal,
    onProgress: progressOf(observer, 'test'),
    onImage: (image) => pictured.add(image),
  });
  const evaluation = await unlessAborted(measure, signal);
  if (!evaluation) return undefined;
  await folder.write('test.csv', imagesCsv(evaluation, dataset.records));
  await folder.write('test.png', encodePng(pictured.sheet(evaluation), WORST_IMAGES.text));
  return { evaluation, sizes: sizesOf(dataset, 'test'), worst: worstImages(evaluation.perImage!, WORST) };
}
