/**
 * The learning rate range test: a training whose rate grows from step to step until the loss diverges (L. N. Smith,
 * "Cyclical Learning Rates for Training Neural Networks", WACV 2017, section 3.3, with a rate that grows by a factor).
 */
import { Scope } from '../backend/scope.js';
import { power } from '../base/math.js';
import { type Dataset, examplesOf } from '../data/dataset.js';
import { checkFits } from '../evaluate/labelled-batches.js';
import type { Model } from '../model/model.js';
import { type TakenStep, trainEpoch } from './loop/epoch.js';
import { beginEpoch } from './loop/epoch-state.js';
import { type TrainOptions, trainSettings } from './options.js';
import { TrainingStep } from './step/step.js';

/** The first and the last learning rate: six powers of ten. */
const FIRST = 1e-6;
const POWERS = 6;
const STEPS = 100;
/** The decay of the moving average that smooths the losses. */
const SMOOTHING = 0.9;
/** The test ends where the smoothed loss is so many times its lowest, but not in the first steps, which are noise. */
const DIVERGED = 2;
const NOISY = 10;
/** By how much the suggested rate is below the one at which the smoothed loss is lowest, and has begun to turn. */
const BELOW_LOWEST = 10;

/** One step of the test. */
export interface RangePoint {
  readonly learningRate: number;
  /** The loss of its mini-batch, before the step. */
  readonly loss: number;
  /** The exponential moving average of the losses up to here, corrected for its beginning (as in Adam). */
  readonly smoothed: number;
}

export interface RangeTest {
  readonly points: readonly RangePoint[];
  /** The point at which the smoothed loss is lowest; absent where it has never fallen. */
  readonly lowest?: RangePoint;
  /** A tenth of the rate of `lowest`, to two digits; absent with it. */
  readonly suggestion?: number;
}

/**
 * Tests learning rates from 1e-6 to 1 on a model, which is of no use afterwards: a hundred steps of its training, fewer where
 * the loss diverges. The same options give the same result on any machine.
 * @param options those of the training; its own learning rate and schedule have no part in it
 * @param onStep is called after each step
 * @throws InputError as `trainModel` does
 */
export async function rangeTest(
  model: Model,
  dataset: Dataset,
  options: TrainOptions,
  onStep: (done: number, total: number) => void = () => {},
): Promise<RangeTest> {
  const settings = trainSettings(options);
  checkFits(model.config, dataset);
  const { size } = dataset.sampler;
  const { batch, microBatch } = settings;
  const scope = new Scope(model.backend);
  const losses = new SmoothedLosses();
  try {
    const step = new TrainingStep(model, { ...settings, width: size, height: size }, scope);
    step.reserve(Math.min(batch, examplesOf(dataset)), microBatch);
    for (let epoch = 1; ; epoch++) {
      const begun = beginEpoch(epoch, step.heads.length);
      const nextRate = () => rateAt(losses.points.length);
      for await (const taken of trainEpoch(step, dataset, begun, nextRate, settings)) {
        losses.add(taken.learningRate, await lossOf(taken));
        const { length } = losses.points;
        onStep(length, STEPS);
        if (length === STEPS || losses.diverged) {
          return { points: losses.points, ...suggest(losses.points) };
        }
      }
    }
  } finally {
    scope.free();
  }
}

/** The learning rate of step `k` from 0. */
function rateAt(k: number): number {
  return FIRST * power(10, (POWERS * k) / (STEPS - 1));
}

/** The mean loss of a mini-batch. */
async function lossOf({ images, losses }: TakenStep): Promise<number> {
  const all = await losses;
  const sum = all.reduce((total, loss, p) => total + loss.total * images[p]!, 0);
  return sum / images.reduce((total, count) => total + count, 0);
}

/** The losses so far. */
class SmoothedLosses {
  readonly points: RangePoint[] = [];
  #average = 0;
  /** The weight that the average still gives to its beginning at 0. */
  #missing = 1;
  #lowest = Number.POSITIVE_INFINITY;

  add(learningRate: number, loss: number): void {
    this.#average = SMOOTHING * this.#average + (1 - SMOOTHING) * loss;
    this.#missing *= SMOOTHING;
    const smoothed = this.#average / (1 - this.#missing);
    this.#lowest = Math.min(this.#lowest, smoothed);
    this.points.push({ learningRate, loss, smoothed });
  }

  get diverged(): boolean {
    const { smoothed } = this.points.at(-1)!;
    if (!Number.isFinite(smoothed)) return true;
    return this.points.length > NOISY && smoothed > DIVERGED * this.#lowest;
  }
}

/** Suggests a learning rate by the losses of a test, those of its first steps left out; nothing where they have not fallen. */
export function suggest(points: readonly RangePoint[]): Omit<RangeTest, 'points'> {
  const finite = points.slice(NOISY).filter(({ smoothed }) => Number.isFinite(smoothed));
  const lowest = finite.reduce<RangePoint | undefined>(
    (least, point) => (least && least.smoothed <= point.smoothed ? least : point),
    undefined,
  );
  if (!lowest || lowest === finite[0]) return {};
  return { lowest, suggestion: Number((lowest.learningRate / BELOW_LOWEST).toPrecision(2)) };
}
