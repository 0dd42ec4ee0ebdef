/** `unetpp predict`: masks of images, at their own size. */
import { join } from 'node:path';
import { checkInputs, type Input, listInputs } from '../../app/inputs.js';
import { MASK, OVERLAY } from '../../app/kinds.js';
import { type ForceOption, forceOption, outputsOf } from '../../app/outputs.js';
import type { Image } from '../../base/image.js';
import { encodeNpy, NPY } from '../../formats/npy.js';
import { encodePng } from '../../formats/png/png.js';
import { createBackend, loadModel, type Threads } from '../../index.js';
import { type Prediction, toMask } from '../../infer/prediction.js';
import { resolveMode } from '../../model/recommendation.js';
import { thresholdOf } from '../../model/threshold.js';
import { makeFolder, type OutputFile, type Outputs } from '../../platform/node/files/outputs.js';
import { readPng } from '../../platform/node/files/read-png.js';
import { overlayClasses, storedMask } from '../../report/overlay.js';
import { between, MODES, path, threads } from '../options/parsers.js';
import { type CommonOptions, command, report } from '../program.js';
import { duration, few, grouped, plural } from '../tables/format.js';
import { ProgressBar } from '../terminal/progress.js';

interface PredictCommandOptions extends CommonOptions, ForceOption {
  readonly model: string;
  readonly input: string;
  readonly out: string;
  readonly mode: string;
  readonly threshold?: number;
  readonly threads: Threads;
  readonly relaxed?: boolean;
  readonly saveProbs?: boolean;
}

export const predict = command(
  'predict',
  'Segment an image or a folder of images: NAME.png (the mask: 0 and 255, or the class of each pixel where there are several) and NAME-overlay.png, at the size of the image.',
  'unetpp predict --model runs/phantom/model.safetensors --input scan.png --out masks',
)
  .usage('--model FILE --input IMAGE_OR_DIR --out DIR [options]')
  .requiredOption('--model <file>', 'model file', path)
  .requiredOption('--input <path>', 'a PNG image, or a folder of them', path)
  .requiredOption('--out <dir>', 'folder for the results; earlier ones of the same names are written over', path)
  .addOption(forceOption())
  .option('--mode <mode>', MODES, 'accurate')
  .option(
    '--threshold <p>',
    'probability above which a pixel is foreground (default: that of the model)',
    between(0, 1),
  )
  .option('--threads <n>', 'how many compute an image together; auto: one for each core', threads, 'auto')
  .option('--relaxed', 'fused multiply-adds: faster, but not the same bits on every machine')
  .option('--save-probs', 'write NAME.npy too: float32 probabilities [classes, height, width]')
  .action(run);

async function run(options: PredictCommandOptions): Promise<void> {
  const backend = createBackend('wasm', { threads: options.threads, relaxed: options.relaxed });
  const model = await loadModel(options.model, { backend });
  const mode = resolveMode(options.mode, model);
  const threshold = options.threshold ?? thresholdOf(model, mode);
  const { images: inputs, skipped } = await listInputs(options.input);
  const outputs = outputsOf(options, { '--model': options.model, '--input': options.input });
  await outputs.folder(options.out);
  const results = [];
  for (const input of inputs) results.push(await resultsOf(input, options, outputs));
  const progress = new ProgressBar(options);
  if (skipped.length > 0) progress.line(`skipped   ${plural(skipped.length, 'file')} not in PNG: ${few(skipped)}`);
  await checkInputs(inputs, model, mode, progress);
  await makeFolder(options.out);
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  for (const [k, input] of inputs.entries()) {
    const image = await readPng(input.path);
    await writeResults(image, await model.predict(image, { mode }), threshold, results[k]!);
    const rate = (k + 1) / elapsed();
    const left = duration((inputs.length - k - 1) / rate);
    progress.update('predict', k + 1, inputs.length, `${rate.toFixed(1)} images/s, ${left} left`);
  }
  progress.clear();
  const seconds = elapsed();
  const made = inputs.length === 1 ? '1 mask with overlay' : `${grouped(inputs.length)} masks with overlays`;
  const lines = [`${made} in ${options.out}, mode ${mode}, ${seconds.toFixed(1)} s`];
  report(options, lines, { images: inputs.length, skipped, seconds, mode, threshold, threads: model.backend.threads });
}

/** The files of one image. */
interface Results {
  readonly mask: OutputFile;
  readonly overlay: OutputFile;
  readonly probabilities?: OutputFile;
}

async function resultsOf(
  { name }: Input,
  { out, saveProbs }: PredictCommandOptions,
  outputs: Outputs,
): Promise<Results> {
  const target = join(out, name);
  return {
    mask: await outputs.file(`${target}.png`, MASK),
    overlay: await outputs.file(`${target}-overlay.png`, OVERLAY),
    ...(saveProbs && { probabilities: await outputs.file(`${target}.npy`, NPY) }),
  };
}

async function writeResults(
  image: Image,
  prediction: Prediction,
  threshold: number,
  { mask: file, overlay, probabilities }: Results,
): Promise<void> {
  const mask = toMask(prediction, threshold);
  await file.write(encodePng(storedMask(mask, Math.max(1, prediction.classes - 1)), MASK.text));
  await overlay.write(encodePng(overlayClasses(image, mask), OVERLAY.text));
  await probabilities?.write(encodeProbabilities(prediction));
}

/** A .npy file, class by class: [classes, height, width]. */
function encodeProbabilities({ width, height, classes, probs }: Prediction): Uint8Array {
  const planes = new Float32Array(probs.length);
  const pixels = width * height;
  for (let c = 0; c < classes; c++) for (let i = 0; i < pixels; i++) planes[c * pixels + i] = probs[i * classes + c]!;
  return encodeNpy([classes, height, width], planes);
}
