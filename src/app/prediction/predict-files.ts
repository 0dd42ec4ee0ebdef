/** Predicts the masks of image files, at their own size, with a model file. */

import type { Backend } from '../../backend/backend.js';
import { encodeNpy, NPY } from '../../formats/npy.js';
import { encodePng } from '../../formats/png/png.js';
import type { Image } from '../../image/image.js';
import { loadModel, type Threads } from '../../index.js';
import { type Prediction, toMask } from '../../infer/prediction.js';
import type { Tiling } from '../../infer/tiles.js';
import type { Model } from '../../model/model.js';
import { resolveMode } from '../../model/recommendation.js';
import { thresholdOf } from '../../model/threshold.js';
import type { Mode } from '../../network/mode.js';
import { type ImageFile, listImages } from '../../platform/node/files/list-images.js';
import { makeFolder, type OutputFile, type Outputs } from '../../platform/node/files/outputs.js';
import { join } from '../../platform/node/files/paths.js';
import { readImage } from '../../platform/node/files/read-image.js';
import { overlayClasses, storedMask } from '../../report/overlay.js';
import { type Computed, onBackend } from '../backend.js';
import { MASK, OVERLAY } from '../kinds.js';
import type { Observer } from '../observer.js';
import type { BackendChoice } from '../options/backend-options.js';
import { type ForceOption, outputsOf } from '../outputs.js';
import { checkInputs, refuseCollisions } from './inputs.js';

export interface PredictFilesOptions extends ForceOption {
  /** The model file. */
  readonly model: string;
  /** An image (PNG or .npy), or a folder of them. */
  readonly input: string;
  /** The folder that NAME.png, the mask, and NAME-overlay.png are written to. */
  readonly out: string;
  readonly mode: string;
  /** The probability above which a pixel is foreground. Default: the threshold of the model. */
  readonly threshold?: number;
  readonly tiling: Tiling;
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
  readonly mode: Mode;
  readonly threshold: number;
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
  const threshold = options.threshold ?? thresholdOf(model, mode);
  const { images: inputs, skipped } = await listImages(options.input);
  refuseCollisions(inputs);
  const outputs = outputsOf(options, { '--model': options.model, '--input': options.input });
  await outputs.folder(options.out);
  const results: Results[] = [];
  for (const input of inputs) results.push(await resultsOf(input, options, outputs));
  if (skipped.length > 0) observer.remark?.({ kind: 'skipped', files: skipped });
  await checkInputs(inputs, model, options, mode, observer);
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  for (const [k, input] of inputs.entries()) {
    const image = await readImage(input.path);
    if (k === 0) await makeFolder(options.out);
    await writeResults(image, model, { mode, threshold, tiling: options.tiling }, results[k]!);
    const [done, total] = [k + 1, inputs.length];
    const imagesPerSecond = done / elapsed();
    const pace = { imagesPerSecond, secondsLeft: (total - done) / imagesPerSecond };
    observer.progress?.({ phase: 'predict', done, total, pace });
  }
  return { images: inputs.length, skipped, seconds: elapsed(), mode, threshold, threads: backend.threads };
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
  model: Model,
  options: { readonly mode: Mode; readonly threshold: number; readonly tiling: Tiling },
  { mask: file, overlay, probabilities }: Results,
): Promise<void> {
  const prediction = probabilities && (await model.predict(image, options));
  const mask = prediction ? toMask(prediction, options.threshold) : await model.predictMask(image, options);
  await file.write(encodePng(storedMask(mask, Math.max(1, model.config.classes - 1)), MASK.text));
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
