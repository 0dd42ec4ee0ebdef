/** A model file measured on a data folder, and the thresholds that suit it. */
import type { Backend } from '../../backend/backend.js';
import { InputError } from '../../base/errors.js';
import {
  type ChooseThresholdOptions,
  chooseThresholds,
  type ThresholdChoice,
  thresholdsOf,
} from '../../evaluate/choose-threshold.js';
import { type Evaluation, evaluate, type NamedScores } from '../../evaluate/evaluate.js';
import type { Spacing } from '../../image/image.js';
import type { Threads } from '../../index.js';
import { type LossOptions, trainedLoss } from '../../loss/loss.js';
import { decodeModel } from '../../model/modelfile.js';
import { resolveMode } from '../../model/recommendation.js';
import type { Thresholds } from '../../model/threshold.js';
import { readFileChecked } from '../../platform/node/files/atomic.js';
import { type Computed, onBackend } from '../backend.js';
import { saveUnchanged } from '../models/save-unchanged.js';
import { type Observer, type Phase, progressOf } from '../observer.js';
import type { BackendChoice } from '../options/backend-options.js';
import { type ForceOption, outputsOf } from '../outputs.js';
import {
  EVALUATION_BATCH,
  type EvaluatedSizes,
  type EvaluationDataOptions,
  openEvaluationData,
  sizesOf,
} from './evaluation-data.js';
import { imagesCsv, reportFiles, SCORES_CSV, writeReport } from './report-files.js';
import { WorstImages, worstImages } from './worst-images.js';

export interface EvaluateFilesOptions extends ForceOption, EvaluationDataOptions {
  readonly mode: string;
  /** The probability above which a pixel is foreground. Default: the thresholds of the model. */
  readonly threshold?: number;
  readonly threads: Threads;
  readonly relaxed?: boolean;
  readonly backend: BackendChoice;
  /** The size of a pixel of the images in mm, for distances. Default: what they say, else distances are in pixels. */
  readonly spacing?: Spacing;
  /** How many of the worst images are listed, and shown in the report. */
  readonly worst: number;
  /** The CSV file that the scores of each image are written to. */
  readonly csv?: string;
  /** The folder that a picture of the worst images and the scores of each image are written to. */
  readonly report?: string;
  /** The score by which the best thresholds are chosen first. Default: none are chosen. */
  readonly chooseThreshold?: NonNullable<ChooseThresholdOptions['score']>;
  /** Whether the chosen thresholds are stored in the model file. */
  readonly save?: boolean;
}

export interface FilesEvaluation extends Computed, EvaluatedSizes {
  readonly evaluation: Evaluation;
  /** The loss that the model was trained with, and that is measured. */
  readonly loss: LossOptions;
  /** The images of the lowest Dice, the worst first. */
  readonly worst: readonly NamedScores[];
  /** The thresholds that were chosen, by output; absent unless `chooseThreshold` is given. */
  readonly chosen?: Readonly<Record<string, ThresholdChoice>>;
  /** The thresholds of the model, after the choice. */
  readonly thresholds: Thresholds;
  /** Whether the model had a recommended mode, found with other thresholds, which the choice has removed. */
  readonly outdated: boolean;
  /** The paths of the files that were written. */
  readonly files: readonly string[];
  readonly seconds: number;
  readonly threads: number;
}

/** @throws InputError for options that contradict each other, or files that do not fit, before anything is written */
export async function evaluateFiles(options: EvaluateFilesOptions, observer: Observer): Promise<FilesEvaluation> {
  refuseContradictions(options);
  return onBackend(options, observer, async (backend, by) => ({
    ...(await evaluateOn(backend, options, observer)),
    ...by,
  }));
}

async function evaluateOn(
  backend: Backend,
  options: EvaluateFilesOptions,
  observer: Observer,
): Promise<Omit<FilesEvaluation, keyof Computed>> {
  const outputs = outputsOf(options, { '--model': options.model, '--data': options.data });
  const reported = options.report === undefined ? undefined : await reportFiles(outputs, options.report);
  const table = options.csv === undefined ? undefined : await outputs.file(options.csv, SCORES_CSV);
  const bytes = await readFileChecked(options.model);
  const model = await decodeModel(bytes, options.model, backend);
  const mode = resolveMode(options.mode, model);
  const dataset = await openEvaluationData(model, options, observer);
  const { subset, threshold, chooseThreshold: score, spacing, tiling } = options;
  const started = performance.now();
  const working = (phase: Phase) => ({ batch: EVALUATION_BATCH, tiling, onProgress: progressOf(observer, phase) });
  const chosen = score && (await chooseThresholds(model, dataset, { ...working('thresholds'), score }));
  const outdated = chosen !== undefined && model.card.recommendation !== undefined;
  // The recommendation was found with other thresholds.
  if (chosen) model.adopt({ ...model.card, thresholds: thresholdsOf(chosen), recommendation: undefined });
  const loss = trainedLoss(model);
  const pictured = reported && new WorstImages(options.worst);
  const evaluation = await evaluate(model, dataset, {
    ...working('evaluate'),
    onImage: (image) => pictured?.add(image),
    loss,
    subset,
    mode,
    threshold,
    perImage: true,
    distances: true,
    ...(spacing && { spacing }),
  });
  const csv = imagesCsv(evaluation, dataset.records);
  const files: string[] = [];
  if (reported && pictured) files.push(...(await writeReport(reported, evaluation, csv, pictured.sheet(evaluation))));
  if (table) {
    await table.write(csv);
    files.push(table.path);
  }
  if (options.save) {
    await saveUnchanged(model, options.model, bytes);
    files.push(options.model);
  }
  return {
    evaluation,
    loss,
    ...sizesOf(dataset, subset),
    worst: worstImages(evaluation.perImage!, options.worst),
    ...(chosen && { chosen }),
    thresholds: model.card.thresholds,
    outdated,
    files,
    seconds: (performance.now() - started) / 1000,
    threads: backend.threads,
  };
}

/** @throws InputError for options that cannot be given together */
function refuseContradictions({ chooseThreshold, subset, threshold, save }: EvaluateFilesOptions): void {
  if (save && !chooseThreshold) {
    throw new InputError('--save stores what --choose-threshold finds; give both, or leave --save out');
  }
  if (!chooseThreshold) return;
  if (subset !== 'validation') {
    throw new InputError(
      `--choose-threshold works on the validation images: those of "${subset}" could not judge a threshold that was chosen on them; leave --subset out`,
    );
  }
  if (threshold !== undefined) {
    throw new InputError(
      `--threshold ${threshold} and --choose-threshold contradict each other; leave one of them out`,
    );
  }
}
