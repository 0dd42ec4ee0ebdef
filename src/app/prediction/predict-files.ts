/** Predicts the masks of image files, at their own size, with a model file. */

import { makeFolder, type Outputs } from '#platform/files/outputs.js';
import { join } from '#platform/files/paths.js';
import type { Backend } from '../../backend/backend.js';
import type { Threads } from '../../backend/names.js';
import { defined } from '../../base/defaults.js';
import { numberedClasses } from '../../data/folder/class-masks.js';
import { sliceSource } from '../../formats/slice-source.js';
import { keepingSlices, withNeighbours } from '../../formats/stack.js';
import type { ImageSource } from '../../image/image-source.js';
import type { Postprocessing } from '../../image/postprocessing.js';
import { loadModel } from '../../index.js';
import { instancesOf } from '../../infer/instances.js';
import { type MaskRule, masksOf } from '../../infer/masks.js';
import type { Tiling } from '../../infer/tiles.js';
import type { Tta } from '../../infer/tta.js';
import { type Ensemble, ensemble } from '../../model/ensemble.js';
import type { PredictOptions } from '../../model/model.js';
import type { Mode } from '../../network/mode.js';
import { listImages } from '../../platform/node/files/list-images.js';
import { type Computed, onBackend } from '../backend.js';
import { commonMode, loadModels, type UsedModel, usedModels } from '../models/load-models.js';
import type { Observer } from '../observer.js';
import type { BackendChoice } from '../options/backend-options.js';
import { maskOptions } from '../options/inference-options.js';
import { type ForceOption, outputsOf } from '../outputs.js';
import { checkInputs, countSlices, openInputs, type PredictionInput, readingRule } from './inputs.js';
import { pictureWriter } from './picture-writer.js';
import { resultsOf } from './result-file.js';
import type { ResultContext, ResultOptions, Results, ResultWriter } from './results.js';
import { stackWriter } from './stack-writer.js';

export interface PredictFilesOptions extends ForceOption, ResultOptions {
  /** The model file; of several, the mean of what they predict is taken. */
  readonly model: readonly string[];
  /** An image, or a folder of them. */
  readonly input: string;
  /** Which volume of a file that holds several is read. */
  readonly volume?: number;
  /** The folder that the masks and NAME-overlay.png are written to. */
  readonly out: string;
  readonly mode: string;
  /** The probability above which a pixel is foreground. Default: the mean of the thresholds of the models. */
  readonly threshold?: number;
  /** Whether masks are postprocessed as the model says. Default: true. */
  readonly postprocessing?: boolean;
  readonly tiling: Tiling;
  /** Over which copies of an image is averaged. */
  readonly tta: Tta;
  readonly threads: Threads;
  readonly relaxed?: boolean;
  readonly backend: BackendChoice;
}

export interface FilesPrediction extends Computed {
  /** How many images there are; the slices of a volume count each. */
  readonly images: number;
  /** Files beside the images that were ignored. */
  readonly skipped: readonly string[];
  readonly seconds: number;
  /** The mode; 'auto' where it is not the same one for all models. */
  readonly mode: Mode | 'auto';
  readonly threshold: number;
  /** What was removed and filled; null where masks stayed as they were. */
  readonly postprocessing: Postprocessing | null;
  /** How many objects there are in all masks; null unless they were wanted. */
  readonly objects: number | null;
  readonly tta: Tta;
  readonly models: readonly UsedModel[];
  readonly threads: number;
}

/** Predicts the masks. @throws InputError for an image, model or folder that does not fit, before anything is written */
export async function predictFiles(options: PredictFilesOptions, observer: Observer): Promise<FilesPrediction> {
  return onBackend(options, observer, async (backend, by) => ({
    ...(await predictOn(backend, options, observer)),
    ...by,
  }));
}

async function predictOn(
  backend: Backend,
  options: PredictFilesOptions,
  observer: Observer,
): Promise<Omit<FilesPrediction, keyof Computed>> {
  const loaded = await loadModels(options.model, options.mode, (file) => loadModel(file, { backend }));
  const models = ensemble(loaded.map(({ model }) => model));
  const mode = commonMode(loaded);
  const { tiling, tta } = options;
  const rule = models.maskRule({ mode, ...maskOptions(options) });
  const reading = readingRule(loaded);
  const found = await listImages(options.input, {
    ...reading,
    ...defined({ volume: options.volume }),
    channels: loaded[0]!.model.config.inChannels / (2 * reading.neighbours + 1),
  });
  const inputs = await openInputs(found.images, reading);
  const outputs = outputsOf(options, { '--model': options.model, '--input': options.input });
  await outputs.folder(options.out);
  const context = { classNames: models.classNames ?? numberedClasses(Math.max(1, models.classes - 1)) };
  const writers: ResultWriter[] = [];
  for (const input of inputs) writers.push(await claimResults(input, options, context, outputs));
  const { skipped, segmentations } = found;
  if (skipped.length > 0) observer.remark?.({ kind: 'skipped', files: skipped });
  for (const path of segmentations) {
    observer.remark?.({ kind: 'stored', path, text: 'It is a DICOM segmentation, a mask: it is passed over.' });
  }
  for (const { path, header } of inputs) {
    for (const text of header.remarks ?? []) observer.remark?.({ kind: 'stored', path, text });
  }
  await checkInputs(inputs, loaded, options, observer);
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const total = countSlices(inputs);
  let [done, objects] = [0, 0];
  for (const [k, input] of inputs.entries()) {
    const stored = keepingSlices(await input.open(), 2 * reading.neighbours + 1);
    const seen = withNeighbours(stored, reading.neighbours);
    for (let slice = 0; slice < input.header.slices; slice++) {
      if (done === 0) await makeFolder(options.out);
      const image = sliceSource(seen, slice);
      const results = await predictImage(image, models, { mode, tiling, tta }, rule, writers[k]!.wants);
      await writers[k]!.add(slice, sliceSource(stored, slice), results);
      done++;
      const imagesPerSecond = done / elapsed();
      const pace = { imagesPerSecond, secondsLeft: (total - done) / imagesPerSecond };
      observer.progress?.({ phase: 'predict', done, total, pace });
    }
    objects += await writers[k]!.finish();
  }
  return {
    images: total,
    skipped: [...skipped, ...segmentations],
    seconds: elapsed(),
    mode,
    threshold: rule.threshold,
    postprocessing: rule.postprocessing ?? null,
    objects: options.instances ? objects : null,
    tta,
    models: usedModels(loaded),
    threads: backend.threads,
  };
}

/** Claims the files of an image. @throws InputError where another image gives one of the same name */
async function claimResults(
  input: PredictionInput,
  options: PredictFilesOptions,
  context: ResultContext,
  outputs: Outputs,
): Promise<ResultWriter> {
  const { name, path, header } = input;
  const { format = 'same' } = options;
  const results = resultsOf(format, input, path);
  const place = { target: join(options.out, name), format, results, context, outputs, source: path };
  return header.slices > 1 ? stackWriter(place, header, options) : pictureWriter(place, options);
}

/** Predicts an image, whose probabilities are put together only where they are wanted. */
async function predictImage(
  image: ImageSource,
  models: Ensemble,
  options: PredictOptions,
  rule: MaskRule,
  wants: ResultWriter['wants'],
): Promise<Results> {
  const prediction = wants.prediction ? await models.predict(image, options) : undefined;
  const bands = prediction ? [[prediction]] : models.bands(image, options);
  if (!wants.instances) return { mask: (await masksOf(bands, image, [rule]))[0]!, prediction };
  const instances = await instancesOf(bands, image, rule);
  return { mask: instances.mask, prediction, instances };
}
