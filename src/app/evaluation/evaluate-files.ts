/** A model file measured on a data folder, and the thresholds and the postprocessing that suit it. */

import { readFileChecked } from '#platform/files/read.js';
import type { Backend } from '../../backend/backend.js';
import type { Threads } from '../../backend/names.js';
import {
  type Evaluation,
  evaluate,
  type ModelScores,
  type NamedScores,
  type ScoreOptions,
  scoreMembers,
} from '../../evaluate/evaluate.js';
import type { Spacing } from '../../image/image.js';
import type { Tta } from '../../infer/tta.js';
import { type LossOptions, trainedLoss } from '../../loss/loss.js';
import { classNamesOf } from '../../model/class-names.js';
import { decodeModel } from '../../model/modelfile.js';
import { type Computed, onBackend } from '../backend.js';
import { commonMode, loadModels, type UsedModel, usedModels } from '../models/load-models.js';
import { saveUnchanged } from '../models/save-unchanged.js';
import { type Observer, type Phase, progressOf } from '../observer.js';
import type { BackendChoice } from '../options/backend-options.js';
import { maskOptions } from '../options/inference-options.js';
import { type ForceOption, outputsOf } from '../outputs.js';
import { type ChoiceOptions, type Choices, makeChoices, refuseContradictions } from './choices.js';
import {
  EVALUATION_BATCH,
  type EvaluatedSizes,
  type EvaluationDataOptions,
  openEvaluationData,
  sizesOf,
} from './evaluation-data.js';
import { imagesCsv, reportFiles, SCORES_CSV, writeReport } from './report-files.js';
import { WorstImages, worstImages } from './worst-images.js';

export interface EvaluateFilesOptions extends ForceOption, EvaluationDataOptions, ChoiceOptions {
  readonly mode: string;
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
  /** Whether single objects are scored, too. */
  readonly objects?: boolean;
}

/** The scores, and of one model its loss: several have none in common. */
export type MeasuredScores = ModelScores & Partial<Pick<Evaluation, 'loss'>>;

export interface FilesEvaluation extends Computed, EvaluatedSizes, Choices {
  readonly evaluation: MeasuredScores;
  /** The loss that the model was trained with, and that is measured; absent where there are several. */
  readonly loss?: LossOptions;
  readonly tta: Tta;
  readonly models: readonly UsedModel[];
  /** The names of the classes 1, 2, …, where a model has some. */
  readonly classNames: readonly string[] | undefined;
  /** The images of the lowest Dice, the worst first. */
  readonly worst: readonly NamedScores[];
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
  let bytes: Uint8Array = new Uint8Array();
  const loaded = await loadModels(options.model, options.mode, async (file) => {
    bytes = await readFileChecked(file);
    return decodeModel(bytes, file, backend);
  });
  const mode = commonMode(loaded);
  const members = await openEvaluationData(loaded, options, observer);
  const [{ model, dataset }, ...others] = members;
  const single = others.length === 0;
  const { subset, objects, spacing, tiling, tta } = options;
  const started = performance.now();
  const working = (phase: Phase) => ({ batch: EVALUATION_BATCH, tiling, tta, onProgress: progressOf(observer, phase) });
  const choices = await makeChoices(members, { ...options, mode }, working);
  const { thresholds } = choices;
  const loss = single ? trainedLoss(model) : undefined;
  const pictured = reported && new WorstImages(options.worst);
  const scored: ScoreOptions = {
    ...working('evaluate'),
    onImage: (image) => pictured?.add(image),
    subset,
    mode,
    ...maskOptions(options),
    perImage: true,
    distances: true,
    objects,
    ...(spacing && { spacing }),
  };
  const evaluation = single
    ? await evaluate(model, dataset, { ...scored, loss })
    : await scoreMembers(members, { ...scored, thresholds });
  const csv = imagesCsv(evaluation, dataset.records);
  const files: string[] = [];
  if (reported && pictured) files.push(...(await writeReport(reported, evaluation, csv, pictured.sheet(evaluation))));
  if (table) {
    await table.write(csv);
    files.push(table.path);
  }
  if (options.save) {
    const [file] = loaded;
    await saveUnchanged(model, file!.file, bytes);
    files.push(file!.file);
  }
  return {
    evaluation,
    ...(loss && { loss }),
    tta,
    models: usedModels(loaded),
    classNames: classNamesOf(loaded.map(({ model }) => model)),
    ...sizesOf(dataset, subset),
    worst: worstImages(evaluation.perImage!, options.worst),
    ...choices,
    files,
    seconds: (performance.now() - started) / 1000,
    threads: backend.threads,
  };
}
