/** A model file measured on a data folder, and the thresholds that suit it. */
import type { Backend } from '../../backend/backend.js';
import { InputError } from '../../base/errors.js';
import {
  type ChooseThresholdOptions,
  chooseMemberThresholds,
  type ThresholdChoice,
  thresholdsOf,
} from '../../evaluate/choose-threshold.js';
import {
  type Evaluation,
  evaluate,
  type ModelScores,
  type NamedScores,
  type ScoreOptions,
  scoreMembers,
} from '../../evaluate/evaluate.js';
import type { Spacing } from '../../image/image.js';
import type { Threads } from '../../index.js';
import type { Tta } from '../../infer/tta.js';
import { type LossOptions, trainedLoss } from '../../loss/loss.js';
import { decodeModel } from '../../model/modelfile.js';
import type { Thresholds } from '../../model/threshold.js';
import { readFileChecked } from '../../platform/node/files/atomic.js';
import { type Computed, onBackend } from '../backend.js';
import { commonMode, loadModels, type UsedModel, usedModels } from '../models/load-models.js';
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
  /** The model file; of several, the mean of what they predict is measured. */
  readonly model: readonly string[];
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

/** The scores, and of one model its loss: several have none in common. */
export type MeasuredScores = ModelScores & Partial<Pick<Evaluation, 'loss'>>;

export interface FilesEvaluation extends Computed, EvaluatedSizes {
  readonly evaluation: MeasuredScores;
  /** The loss that the model was trained with, and that is measured; absent where there are several. */
  readonly loss?: LossOptions;
  readonly tta: Tta;
  readonly models: readonly UsedModel[];
  /** The images of the lowest Dice, the worst first. */
  readonly worst: readonly NamedScores[];
  /** The thresholds that were chosen, by output; absent unless `chooseThreshold` is given. */
  readonly chosen?: Readonly<Record<string, ThresholdChoice>>;
  /** The thresholds of the model, after the choice; of several models those that were chosen. */
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
  let bytes: Uint8Array = new Uint8Array();
  const loaded = await loadModels(options.model, options.mode, async (file) => {
    bytes = await readFileChecked(file);
    return decodeModel(bytes, file, backend);
  });
  const mode = commonMode(loaded);
  const members = await openEvaluationData(loaded, options, observer);
  const [{ model, dataset }, ...others] = members;
  const single = others.length === 0;
  const { subset, threshold, chooseThreshold: score, spacing, tiling, tta } = options;
  const started = performance.now();
  const working = (phase: Phase) => ({ batch: EVALUATION_BATCH, tiling, tta, onProgress: progressOf(observer, phase) });
  const chosen = score && (await chooseMemberThresholds(members, { ...working('thresholds'), mode, score }));
  const outdated = chosen !== undefined && model.card.recommendation !== undefined;
  const thresholds = chosen ? thresholdsOf(chosen) : single ? model.card.thresholds : {};
  // The recommendation was found with other thresholds.
  if (chosen && single) model.adopt({ ...model.card, thresholds, recommendation: undefined });
  const loss = single ? trainedLoss(model) : undefined;
  const pictured = reported && new WorstImages(options.worst);
  const scored: ScoreOptions = {
    ...working('evaluate'),
    onImage: (image) => pictured?.add(image),
    subset,
    mode,
    threshold,
    perImage: true,
    distances: true,
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
    ...sizesOf(dataset, subset),
    worst: worstImages(evaluation.perImage!, options.worst),
    ...(chosen && { chosen }),
    thresholds,
    outdated,
    files,
    seconds: (performance.now() - started) / 1000,
    threads: backend.threads,
  };
}

/** @throws InputError for options that cannot be given together */
function refuseContradictions({ model, chooseThreshold, subset, threshold, save }: EvaluateFilesOptions): void {
  if (save && !chooseThreshold) {
    throw new InputError('--save stores what --choose-threshold finds; give both, or leave --save out');
  }
  if (save && model.length > 1) {
    throw new InputError(
      `--save stores a threshold in one model file, and ${model.length} are given, whose mean has a threshold of its own; leave --save out, and give predict the threshold by --threshold`,
    );
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
