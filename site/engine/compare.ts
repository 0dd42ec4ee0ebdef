/** An image segmented by every head and by their mean, side by side. */
import { requireForPrediction } from '../../src/app/memory.js';
import { InputError } from '../../src/base/errors.js';
import { memorySize, plural } from '../../src/base/quantities.js';
import { MetricAccumulator } from '../../src/evaluate/metrics.js';
import type { Size } from '../../src/image/frame.js';
import type { Image } from '../../src/image/image.js';
import type { ImageSource } from '../../src/image/image-source.js';
import { wholeWindow } from '../../src/image/window.js';
import { masksOf } from '../../src/infer/masks.js';
import type { Prediction } from '../../src/infer/prediction.js';
import type { Model } from '../../src/model/model.js';
import { maskRuleOf } from '../../src/model/postprocessing.js';
import type { ModelConfig } from '../../src/network/config.js';
import { type Output, outputsOf } from '../../src/network/mode.js';
import type { HeadView } from './protocol.js';

/** Bytes that the probabilities of one image may take, here and in the page. */
const ROOM = 2 ** 31;
const FLOAT = 4;

/** What takes longer the first time, filters being packed and programs compiled, is timed again; not what takes so long anyway. */
const LONG_MS = 1000;

/**
 * Predicts with each output by itself, as `Model.predict` does.
 * @param truth the true mask, where one is known
 * @param onMean is told at once of the mean of the heads, which is computed before the others
 * @throws InputError for an image that does not fit the model, or the memory
 */
export async function compare(
  model: Model,
  source: ImageSource,
  truth: Image<Uint8Array> | undefined,
  name: string,
  onMean?: (mean: HeadView) => void,
): Promise<HeadView[]> {
  const { width, height } = source;
  const computing = { tiling: 'auto', tta: 'none' } as const;
  const outputs = outputsOf(model.config);
  // A network of one head has no mean: its head is the last one, too.
  const last = outputs.at(-1)!;
  requireForPrediction([{ model, mode: last }], computing, { path: name, width, height, slices: 1 });
  requireRoom(name, source, model.config);
  const image = await source.read(wholeWindow(source));
  const view = async (mode: Output): Promise<HeadView> => {
    const started = performance.now();
    const prediction = await model.predict(image, { mode });
    const milliseconds = performance.now() - started;
    return { mode, milliseconds, ...prediction, dice: truth ? await diceOf(model, mode, prediction, truth) : null };
  };
  const mean = await view(last);
  onMean?.(mean);
  const views: HeadView[] = [];
  for (const mode of outputs) {
    const first = mode === last ? mean : await view(mode);
    views.push(first.milliseconds < LONG_MS ? await view(mode) : first);
  }
  return views;
}

/**
 * Checks that the probabilities of all outputs, which are kept and shown, fit into a tab.
 * @throws InputError where they do not
 */
export function requireRoom(name: string, { width, height }: Size, config: ModelConfig): void {
  const outputs = outputsOf(config).length;
  const bytes = 2 * FLOAT * outputs * width * height * config.classes;
  if (bytes <= ROOM) return;
  throw new InputError(
    `${name}: ${width}x${height} takes ${memorySize(bytes)} for the probabilities of ${plural(outputs, 'output')}, a tab gives it ${memorySize(ROOM)} at most; cut it into tiles, or segment it in Node (unetpp predict)`,
  );
}

/** The Dice of the mask that the model's card makes of a prediction. */
async function diceOf(model: Model, mode: Output, prediction: Prediction, truth: Image<Uint8Array>): Promise<number> {
  const [mask] = await masksOf([[prediction]], prediction, [maskRuleOf(model, mode)]);
  return new MetricAccumulator(model.config.classes).add(mask!, truth).dice;
}
