/** Predicts the masks of image files, at their own size, with a model file. */

import type { Backend } from '../../backend/backend.js';
import { encodeNpy, NPY } from '../../formats/npy.js';
import { encodePng } from '../../formats/png/png.js';
import type { Image } from '../../image/image.js';
import { loadModel, type Threads } from '../../index.js';
import { type Prediction, toMask } from '../../infer/prediction.js';
import type { Tiling } from '../../infer/tiles.js';
import type { Tta } from '../../infer/tta.js';
import { type Ensemble, ensemble } from '../../model/ensemble.js';
import type { PredictOptions } from '../../model/model.js';
import type { Mode } from '../../network/mode.js';
import { type ImageFile, listImages } from '../../platform/node/files/list-images.js';
import { makeFolder, type OutputFile, type Outputs } from '../../platform/node/files/outputs.js';
import { join } from '../../platform/node/files/paths.js';
import { readImage } from '../../platform/node/files/read-image.js';
import { overlayClasses, storedMask } from '../../report/overlay.js';
import { type Computed, onBackend } from '../backend.js';
import { MASK, OVERLAY } from '../kinds.js';
import { commonMode, loadModels, type UsedModel, usedModels } from '../models/load-models.js';
import type { Observer } from '../observer.js';
import type { BackendChoice } from '../options/backend-options.js';
import { type ForceOption, outputsOf } from '../outputs.js';
import { checkInputs, refuseCollisions } from './inputs.js';

export interface PredictFilesOptions extends ForceOption {
  /** The model file; of several, the mean of what they predict is taken. */
  readonly model: readonly string[];
  /** An image (PNG or .npy), or a folder of them. */
  readonly input: string;
  /** The folder that NAME.png, the mask, and NAME-overlay.png are written to. */
  readonly out: string;
  readonly mode: string;
  /** The probability above which a pixel is foreground. Default: the mean of the thresholds of the models. */
  readonly threshold?: number;
  readonly tiling: Tiling;
  /** Over which copies of an image is averaged. */
  readonly tta: Tta;
  readonly threads: Threads;
  readonly relaxed?: boolean;
  readonly backend: BackendChoice;
  /** Whether NAME.npy is written, too: the probabilities [classes, height, width]. */
  readonly saveProbs?: boolean;
}

export interface FilesPrediction extends Computed {
  readonly images: number;
  /** Files beside the images that were ignored. */
  readonly skipped: readonly string[];
  readonly seconds: number;
  /** The mode; 'auto' where it is not the same one for all models. */
  readonly mode: Mode | 'auto';
  readonly threshold: number;
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
  const threshold = options.threshold ?? models.threshold(mode);
  const { images: inputs, skipped } = await listImages(options.input);
  refuseCollisions(inputs);
  const outputs = outputsOf(options, { '--model': options.model, '--input': options.input });
  await outputs.folder(options.out);
  const results: Results[] = [];
  for (const input of inputs) results.push(await resultsOf(input, options, outputs));
  if (skipped.length > 0) observer.remark?.({ kind: 'skipped', files: skipped });
  await checkInputs(inputs, loaded, options, observer);
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  for (const [k, input] of inputs.entries()) {
    const image = await readImage(input.path);
    if (k === 0) await makeFolder(options.out);
    await writeResults(image, models, { mode, threshold, tiling, tta }, results[k]!);
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
    threshold,
    tta,
    models: usedModels(loaded),
    threads: backend.threads,
  };
}

/** The files of one image. */
interface Results {
  readonly mask: OutputFile;
  readonly overlay: OutputFile;
  readonly probabilities?: OutputFile;
}

async function resultsOf(
  { name }: ImageFile,
  { out, saveProbs }: PredictFilesOptions,
  outputs: Outputs,
): Promise<Results> {
  const target = join(out, name);
  return {
    mask: await outputs.file(`${target}.png`, MASK),
    overlay: await outputs.file(`${target}-overlay.png`, OVERLAY),
    ...(saveProbs && { probabilities: await outputs.file(`${target}.npy`, NPY) }),
  };
}

/** Predicts an image, whose probabilities are put together only where they are wanted. */
async function writeResults(
  image: Image,
  models: Ensemble,
  options: PredictOptions & { readonly threshold: number },
  { mask: file, overlay, probabilities }: Results,
): Promise<void> {
  const prediction = probabilities && (await models.predict(image, options));
  const mask = prediction ? toMask(prediction, options.threshold) : await models.predictMask(image, options);
  await file.write(encodePng(storedMask(mask, Math.max(1, models.classes - 1)), MASK.text));
  await overlay.write(encodePng(overlayClasses(image, mask), OVERLAY.text));
  await probabilities?.write(encodeProbabilities(prediction!));
}

/** Encodes probabilities as a .npy file, class by class: [classes, height, width]. */
function encodeProbabilities({ width, height, classes, probs }: Prediction): Uint8Array {
  const planes = new Float32Array(probs.length);
  const pixels = width * height;
  for (let c = 0; c < classes; c++) for (let i = 0; i < pixels; i++) planes[c * pixels + i] = probs[i * classes + c]!;
  return encodeNpy([classes, height, width], planes);
}
