/** What a model's file says of its training. */
import type { Dataset } from '../data/dataset.js';
import { lossSummary } from '../loss/loss.js';
import type { TrainingSummary } from '../model/card.js';
import type { ValidatedEpoch } from './loop/progress.js';
import type { TrainSettings } from './options.js';

/** The summary of a training whose best epoch is given. The same run gives the same values. */
export function summaryOf(
  dataset: Dataset,
  settings: TrainSettings,
  { epoch, validation }: ValidatedEpoch,
): TrainingSummary {
  const { epochs, batch, microBatch, learningRate, seed, optimizer, rate, emaDecay, initialWeightsSha256 } = settings;
  const { split, drawn } = dataset;
  const images = { train: split.train.length, validation: split.validation.length };
  return {
    dataset: dataset.name,
    images,
    ...(drawn && { split: drawn }),
    epochs,
    epoch,
    batch,
    microBatch,
    optimizer,
    learningRate,
    schedule: rate.schedule,
    ...lossSummary(settings.loss),
    ...(emaDecay && { emaDecay }),
    ...(initialWeightsSha256 !== undefined && { initialWeightsSha256 }),
    seed,
    validation,
  };
}
