/** What a model predicts for labelled images, all outputs in one pass, brought back to the own size of each image. */
import type { Dataset, Sample } from '../data/dataset.js';
import { type Frame, ownFrame, type Size } from '../image/frame.js';
import { frameOf } from '../image/prepare.js';
import { cutOut } from '../image/window.js';
import { type Bands, fromFrame, ownBands } from '../infer/own-size.js';
import type { Prediction } from '../infer/prediction.js';
import { type TilePlan, type Tiling, tiledBands, windowOf } from '../infer/tiles.js';
import type { Tta } from '../infer/tta.js';
import type { Model } from '../model/model.js';
import { outputsOf } from '../network/mode.js';
import { type LabelledBatchesOptions, labelledBatches } from './labelled-batches.js';

/**
 * Gives for each output, in the order of `outputsOf`, the predictions of samples of one size, or of tiles of one.
 * @param share how much of an image each of them is: 1, or one by the number of its tiles
 */
export type PredictHeads = (samples: readonly Sample[], share: number) => Promise<readonly (readonly Prediction[])[]>;

export interface OwnSizeOptions extends LabelledBatchesOptions {
  /** How images are tiled where they keep their own size. Default: 'auto', where they are large. */
  readonly tiling?: Tiling | undefined;
  /** Over which copies of an image its predictions are averaged, as in `PredictOptions`. Default: 'none'. */
  readonly tta?: Tta | undefined;
}

/** A sample, and the predictions of all outputs at the own size of its image. */
export interface PredictedSample {
  readonly sample: Sample;
  /** Where the image lies in the sample. */
  readonly frame: Frame;
  /** They are to be gone through before the next sample. */
  readonly bands: Bands;
}

/**
 * Predicts the samples `names`, one after the other.
 * @param predict computes the predictions; by default the model does
 * @throws InputError for a data set that does not fit the model, or tiles that do not
 */
export async function* predictedAtOwnSize(
  model: Model,
  dataset: Dataset,
  names: readonly string[],
  options: OwnSizeOptions,
  predict: PredictHeads = (samples) => {
    return model.heads(
      samples.map(({ image }) => image),
      options.tta,
    );
  },
): AsyncGenerator<PredictedSample, void, void> {
  const outputs = outputsOf(model.config);
  const { preprocessing } = dataset.sampler;
  const { batch, tiling = 'auto' } = options;
  for await (const samples of labelledBatches(model, dataset, names, options)) {
    const plan = preprocessing.size === undefined && model.tiles(samples[0]!.image, outputs, { batch, tiling });
    if (plan) {
      for (const sample of samples) {
        const { frame, size } = placeOf(dataset, sample);
        yield { sample, frame, bands: fromFrame(tiled(sample, plan, predict), frame, size) };
      }
      continue;
    }
    const heads = await predict(samples, 1);
    for (const [n, sample] of samples.entries()) {
      const { frame, size } = placeOf(dataset, sample);
      const own = heads.map((predictions) => predictions[n]!);
      yield { sample, frame, bands: ownBands(own, frame, size) };
    }
  }
}

/** The bands of a sample that is computed by its tiles. */
function tiled({ name, image, mask }: Sample, plan: TilePlan, predict: PredictHeads): Bands {
  return tiledBands(image, plan, (tiles) => {
    const windows = tiles.map((tile) => windowOf(tile, plan));
    const cut = windows.map((window) => ({ name, image: cutOut(image, window), mask: cutOut(mask, window) }));
    return predict(cut, 1 / plan.count);
  });
}

/** The frame of a sample, and the own size of its image; a sample that no record belongs to is an image by itself. */
function placeOf({ records, sampler }: Dataset, { name, image }: Sample): { frame: Frame; size: Size } {
  const record = records.get(name);
  if (!record) return { frame: ownFrame(image), size: image };
  // An image that keeps its size, or was resampled to a spacing, fills its frame.
  const frame = sampler.preprocessing.size === undefined ? ownFrame(image) : frameOf(record, sampler.preprocessing);
  return { frame, size: record };
}
