/** The split of a training, as the model file describes it. */
import type { DrawnSplit } from '../../data/split/plan.js';
import { splitUnits } from '../../data/split/plan.js';
import type { Model } from '../../model/model.js';

/** What draws the split of a training again; another one would measure a model on images that it was trained on. */
export interface TrainedSplit {
  readonly seed?: number;
  readonly plan?: DrawnSplit;
  /** The digest of the split, see `splitDigest`; models of earlier versions have none. */
  readonly digest?: string;
  /** The name of the data set. */
  readonly name?: string;
}

/** Returns the split of the training; it is empty for a model that was not trained here. */
export function trainedSplit({ card }: Model): TrainedSplit {
  const { seed, split, splitSha256: digest, dataset: name } = card.training ?? {};
  return {
    ...(typeof seed === 'number' && { seed }),
    ...(isDrawnSplit(split) && { plan: split }),
    ...(typeof digest === 'string' && { digest }),
    ...(typeof name === 'string' && { name }),
  };
}

function isDrawnSplit(value: unknown): value is DrawnSplit {
  const { sizes, by, images } = (value ?? {}) as Partial<Record<keyof DrawnSplit, unknown>>;
  return typeof sizes === 'string' && typeof images === 'string' && splitUnits.some((unit) => unit === by);
}
