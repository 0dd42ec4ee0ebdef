/** The split of a training, from what the model file says of it. */
import type { DrawnSplit } from '../../data/split/plan.js';
import { splitUnits } from '../../data/split/plan.js';
import type { Model } from '../../model/model.js';

/** What draws a split again; with another, images that the model was trained on would count as validation or test. */
export interface TrainedSplit {
  readonly seed?: number;
  readonly plan?: DrawnSplit;
}

/** Empty for a model that was not trained here. */
export function trainedSplit({ card }: Model): TrainedSplit {
  const { seed, split } = card.training ?? {};
  return { ...(typeof seed === 'number' && { seed }), ...(isDrawnSplit(split) && { plan: split }) };
}

function isDrawnSplit(value: unknown): value is DrawnSplit {
  const { sizes, by, images } = (value ?? {}) as Partial<Record<keyof DrawnSplit, unknown>>;
  return typeof sizes === 'string' && typeof images === 'string' && splitUnits.some((unit) => unit === by);
}
