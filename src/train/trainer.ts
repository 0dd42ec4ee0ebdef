/** Trains a model on a data set: makes the parts that training-loop.ts runs. */
import type { Allocator } from '../backend/backend.js';
import { Scope } from '../backend/scope.js';
import { joinBytes } from '../base/bytes.js';
import type { Group } from '../base/ranks/group.js';
import { type Dataset, examplesOf } from '../data/dataset.js';
import { areNumbered } from '../data/folder/class-masks.js';
import { type Evaluation, evaluate } from '../evaluate/evaluate.js';
import { checkFits } from '../evaluate/labelled-batches.js';
import { Truths } from '../evaluate/truths.js';
import { parseClassNames } from '../model/class-names.js';
import type { Model } from '../model/model.js';
import { checkSize } from '../network/network.js';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint/checkpoint.js';
import { checkpointOf, restoreCheckpoint, type TrainingState } from './checkpoint/resume.js';
import { TrainingProgress, type ValidatedEpoch } from './loop/progress.js';
import { type TrainingParts, trainEpochs } from './loop/training-loop.js';
import { TrainedWeights } from './loop/weights.js';
import { type TrainOptions, type TrainSettings, trainSettings } from './options.js';
import type { EpochReport } from './report.js';
import { RanksReducer } from './step/ranks-reducer.js';
import { TrainingStep } from './step/step.js';
import { summaryOf } from './summary.js';

/**
 * Trains `model` in place, one report an epoch:
 *
 *     for await (const epoch of trainModel(model, dataset, { epochs: 10 })) console.log(epoch.validation.dice);
 *
 * The best epoch is the one with the highest validation Dice of the heads' mean ('accurate'), at equal Dice the lowest
 * loss. However it ends, by itself, by the signal, by `break` or by an error, the model then has the weights of the best
 * epoch, and before the first validation those of the last step, which are of no use after a loss that is not finite;
 * while the caller has a report, it has those that were validated.
 * @throws InputError for options or a data set that do not fit the model, or a checkpoint that fits neither
 * @throws Error when a loss is not finite; it names the epoch and the step
 * @throws BackendLostError when the backend loses its device or a thread, and the model's weights with it: go on from the last checkpoint
 *   that `onCheckpoint` was given, as `resume` of a training of the same model on a new backend. It ends with the same bits
 *   as a training that was never disturbed on that adapter
 */
export async function* trainModel(
  model: Model,
  dataset: Dataset,
  options: TrainOptions = {},
): AsyncGenerator<EpochReport, void, void> {
  const { group, signal = group?.stopped, ...asked } = trainSettings(options);
  const settings: TrainSettings = {
    ...asked,
    ...(group && { group }),
    ...(signal && { signal: group?.stopped ?? signal }),
  };
  checkFits(model.config, dataset);
  const { size, patches, preprocessing } = dataset.sampler;
  checkSize(model.config, size, size, patches && 'patch');
  const classNames = namesOf(model, dataset);
  // Thresholds, a postprocessing and a recommendation were chosen for other weights.
  model.adopt({ preprocessing, thresholds: {}, ...(classNames && { classNames }), training: model.card.training });
  const scope = new Scope(model.backend);
  try {
    yield* trainEpochs(await partsOf(model, dataset, settings, scope));
  } finally {
    scope.free();
  }
}

/** The names of the classes, for the model; none where the data set only numbers them. */
function namesOf({ config }: Model, { source, classNames }: Dataset): readonly string[] | undefined {
  if (areNumbered(classNames)) return undefined;
  return parseClassNames(classNames, config, `${source}, names of classes`);
}

/** Makes the parts of a training at its beginning, or at the checkpoint `settings.resume`. */
async function partsOf(
  model: Model,
  dataset: Dataset,
  settings: TrainSettings,
  scope: Allocator,
): Promise<TrainingParts> {
  const { sampler } = dataset;
  const { batch, microBatch, emaDecay, resume, onCheckpoint, group } = settings;
  const { backend, parameters } = model;
  const reducer = group && new RanksReducer(scope, parameters.trainable.length, backend.concurrentPrograms, group);
  const step = new TrainingStep(model, { ...settings, width: sampler.size, height: sampler.size }, scope, reducer);
  const weights = new TrainedWeights(scope, parameters, emaDecay);
  step.reserve(Math.min(batch, examplesOf(dataset)), microBatch);
  // Kept from one epoch to the next, so that the stored masks are read once.
  const truths = new Truths(dataset);
  const progress = new TrainingProgress(settings, step.heads.length);
  const state = { progress, weights, optimizer: step.optimizer };
  const onBest = (best: ValidatedEpoch): void => {
    model.adopt({ ...model.card, training: summaryOf(dataset, settings, best) });
  };
  if (resume) restoreCheckpoint(state, resume);
  if (group) await shareState(state, group);
  if (progress.best) onBest(progress.best);
  return {
    progress,
    step,
    weights,
    dataset,
    settings,
    validate: (epoch) => validate(model, truths, epoch, settings),
    onBest,
    async writeCheckpoint() {
      await onCheckpoint?.(await checkpointOf(state));
    },
  };
}

/** Gives all ranks the state of the first: they then have the same bits, however that one has come to it. */
async function shareState(state: TrainingState, group: Group): Promise<void> {
  if (group.rank === 0) await group.broadcast(joinBytes(await encodeCheckpoint(await checkpointOf(state))));
  else restoreCheckpoint(state, await decodeCheckpoint(await group.broadcast(), 'the state of rank 0'));
}

async function validate(model: Model, truths: Truths, epoch: number, settings: TrainSettings): Promise<Evaluation> {
  const { epochs, microBatch, loss, learningRate, signal, onProgress, group } = settings;
  const started = performance.now();
  const validation = await evaluate(model, truths.dataset, {
    truths,
    batch: microBatch,
    loss,
    signal,
    group,
    onProgress(done, total) {
      const imagesPerSecond = (1000 * done) / (performance.now() - started);
      onProgress?.({ epoch, epochs, phase: 'validation', done, total, imagesPerSecond });
    },
  });
  if (Number.isFinite(validation.loss)) return validation;
  throw new Error(
    `training: the loss in the validation after epoch ${epoch} is ${validation.loss}; lower the learning rate (${learningRate}), or use a norm`,
  );
}
