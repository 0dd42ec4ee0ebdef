/** Predicts the masks of image files, at their own size, with a model file. */

import type { Backend } from '../../backend/backend.js';
import type { Image } from '../../image/image.js';
import type { Postprocessing } from '../../image/postprocessing.js';
import { loadModel, type Threads } from '../../index.js';
import { instancesOf } from '../../infer/instances.js';
import { type MaskRule, masksOf } from '../../infer/masks.js';
import type { Tiling } from '../../infer/tiles.js';
import type { Model, PredictOptions } from '../../model/model.js';
import { maskRuleOf } from '../../model/postprocessing.js';
import { resolveMode } from '../../model/recommendation.js';
import type { Mode } from '../../network/mode.js';
import { listImages } from '../../platform/node/files/list-images.js';
import { makeFolder } from '../../platform/node/files/outputs.js';
import { readImage } from '../../platform/node/files/read-image.js';
import { type Computed, onBackend } from '../backend.js';
import type { Observer } from '../observer.js';
import type { BackendChoice } from '../options/backend-options.js';
import { maskOptions } from '../options/inference-options.js';
import { type ForceOption, outputsOf } from '../outputs.js';
import { checkInputs, refuseCollisions } from './inputs.js';
import {
  claimResults,
  picturesOf,
  type ResultFiles,
  type ResultOptions,
  type Results,
  writeResults,
} from './result-files.js';

export interface PredictFilesOptions extends ForceOption, ResultOptions {
  /** The model file. */
  readonly model: string;
  /** An image (PNG or .npy), or a folder of them. */
  readonly input: string;
  /** The folder that NAME.png, the mask, and NAME-overlay.png are written to. */
  readonly out: string;
  readonly mode: string;
  /** The probability above which a pixel is foreground. Default: the threshold of the model. */
  readonly threshold?: number;
  /** Whether masks are postprocessed as the model says. Default: true. */
  readonly postprocessing?: boolean;
  readonly tiling: Tiling;
  readonly threads: Threads;
  readonly relaxed?: boolean;
  readonly backend: BackendChoice;
}

export interface FilesPrediction extends Computed {
  readonly images: number;
  /** Files beside the images that were ignored. */
  readonly skipped: readonly string[];
  readonly seconds: number;
  readonly mode: Mode;
  readonly threshold: number;
  /** What was removed and filled; null where masks stayed as they were. */
  readonly postprocessing: Postprocessing | null;
  /** How many objects there are in all masks; null unless they were wanted. */
  readonly objects: number | null;
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
  const model = await loadModel(options.model, { backend });
  const mode = resolveMode(options.mode, model);
  const rule = maskRuleOf(model, mode, maskOptions(options));
  const { images: inputs, skipped } = await listImages(options.input);
  refuseCollisions(inputs, picturesOf(options));
  const outputs = outputsOf(options, { '--model': options.model, '--input': options.input });
  await outputs.folder(options.out);
  const files: ResultFiles[] = [];
  for (const input of inputs) files.push(await claimResults(input, options.out, options, outputs));
  if (skipped.length > 0) observer.remark?.({ kind: 'skipped', files: skipped });
  await checkInputs(inputs, model, options, mode, observer);
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  let objects = 0;
  for (const [k, input] of inputs.entries()) {
    const image = await readImage(input.path);
    if (k === 0) await makeFolder(options.out);
    const results = await predictImage(image, model, { mode, tiling: options.tiling }, rule, files[k]!);
    await writeResults(files[k]!, image, results, { classes: model.config.classes, name: input.path });
    objects += results.instances?.instances.length ?? 0;
    const [done, total] = [k + 1, inputs.length];
    const imagesPerSecond = done / elapsed();
    const pace = { imagesPerSecond, secondsLeft: (total - done) / imagesPerSecond };
    observer.progress?.({ phase: 'predict', done, total, pace });
  }
  return {
    images: inputs.length,
    skipped,
    seconds: elapsed(),
    mode,
    threshold: rule.threshold,
    postprocessing: rule.postprocessing ?? null,
    objects: options.instances ? objects : null,
    threads: backend.threads,
  };
}

/** Predicts an image, whose probabilities are put together only where they are wanted. */
async function predictImage(
  image: Image,
  model: Model,
  options: PredictOptions,
  rule: MaskRule,
  { probabilities, labels }: ResultFiles,
): Promise<Results> {
  const prediction = probabilities && (await model.predict(image, options));
  const bands = prediction ? [[prediction]] : await model.predictBands(image, options);
  if (!labels) return { mask: (await masksOf(bands, image, [rule]))[0]!, prediction };
  const instances = await instancesOf(bands, image, rule);
  return { mask: instances.mask, prediction, instances };
}
