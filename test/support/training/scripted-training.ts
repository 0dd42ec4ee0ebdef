/** The parts of a training that learns nothing: losses and scores come from a script, and what happens is written down. */
import type { Evaluation, TrainOptions } from '../../../src/index.js';
import { type SavedProgress, TrainingProgress } from '../../../src/train/loop/progress.js';
import type { TrainingParts } from '../../../src/train/loop/training-loop.js';
import type { Weights } from '../../../src/train/loop/weights.js';
import { type TrainSettings, trainSettings } from '../../../src/train/options.js';
import type { Losses } from '../../../src/train/step/losses.js';
import type { Step } from '../../../src/train/step/step.js';
import { squares } from './squares.js';

export interface Script {
  readonly options?: TrainOptions;
  /** How many images are trained on. Default: 4. */
  readonly train?: number;
  /** The losses of each micro-batch, numbered from 0 where this training begins. Default: 1 for both heads. */
  readonly losses?: (microBatch: number) => readonly [number, number];
  /** The Dice of each epoch, and its loss where it matters. Default: 0.5 and 0.5. */
  readonly scores?: (epoch: number) => readonly [dice: number, loss?: number];
  /** The indices of the micro-batches that are computed, of the `count` of a mini-batch. Default: all. */
  readonly share?: (count: number) => readonly number[];
  /** The progress of a training that resumes. */
  readonly progress?: SavedProgress;
  /** The time in milliseconds. Default: it stands still. */
  readonly now?: () => number;
}

export interface ScriptedTraining {
  readonly parts: TrainingParts;
  /** What happened, in order. */
  readonly events: string[];
  /** The progress at each checkpoint, as JSON. */
  readonly checkpoints: string[];
  /** The learning rates of the steps. */
  readonly rates: number[];
}

export function scriptedTraining(script: Script = {}): ScriptedTraining {
  const {
    options = {},
    train = 4,
    losses = () => [1, 1],
    scores = () => [0.5],
    share = (count) => Array.from({ length: count }, (_, index) => index),
    progress: from,
    now = () => 0,
  } = script;
  const settings: TrainSettings = trainSettings({ epochs: 3, batch: 2, microBatch: 1, ...options });
  const progress = new TrainingProgress(settings, 2);
  if (from) progress.restore(from);
  const events: string[] = [];
  const rates: number[] = [];
  const checkpoints: string[] = [];
  const note = (event: string) => void events.push(event);
  let computed = 0;
  const step: Step = {
    heads: ['L1', 'L2'],
    concurrency: 1,
    share,
    async accumulate(_, load, onDone) {
      const found: Losses[] = [];
      const own = share(load.length);
      for (const [index, take] of load.entries()) {
        const examples = own.includes(index) ? await take() : [];
        const heads = losses(computed++);
        found.push({ total: (heads[0] + heads[1]) / 2, heads });
        onDone?.(examples.length);
      }
      return { losses: Promise.resolve(found) };
    },
    update(learningRate) {
      note('step');
      rates.push(learningRate);
    },
    async gradientNorm() {
      note('norm');
      return rates.length;
    },
  };
  const weights: Weights = {
    stepped: () => note('stepped'),
    swap: () => note('swap'),
    keepBest: async () => note('keep best'),
    restoreBest: () => note('restore best'),
  };
  const parts: TrainingParts = {
    progress,
    step,
    weights,
    dataset: squares({ size: 4, train }),
    settings,
    async validate(epoch) {
      note(`validate ${epoch}`);
      settings.signal?.throwIfAborted();
      const [dice, loss = 0.5] = scores(epoch);
      return { dice, loss } as Evaluation;
    },
    onBest: ({ epoch }) => note(`best ${epoch}`),
    async writeCheckpoint() {
      note('checkpoint');
      checkpoints.push(JSON.stringify(progress.save()));
    },
    now,
  };
  return { parts, events, checkpoints, rates };
}
