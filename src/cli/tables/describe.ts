/** Networks and their training in words. */

import { plural } from '../../base/quantities.js';
import type { Postprocessing } from '../../image/postprocessing.js';
import { DEFAULT_THRESHOLD } from '../../infer/prediction.js';
import type { LossOptions } from '../../loss/loss.js';
import { lossText } from '../../loss/loss-text.js';
import type { ModelCard } from '../../model/card.js';
import type { Postprocessings } from '../../model/postprocessing.js';
import { bestOf, type Recommendation, type RecommendationScore } from '../../model/recommendation.js';
import { levelsOf, type ModelConfig } from '../../network/config.js';

/** What happens to images of another kind than those of the training. */
export const GREY_ON_RGB = 'the model expects RGB; all three channels get the grey values';
export const RGB_ON_GREY = 'the model expects grey; their luminance is used';

const FAMILY = { dense: 'UNet++', adjacent: 'UNet+', original: 'UNet^e' };

/** Describes a network: `UNet++ (dense skips), filters 32,64,128, 2 heads`, and what is not the default. */
export function networkText(config: ModelConfig): string {
  const { skips, filters, norm, upsample, dropout } = config;
  return [
    `${FAMILY[skips]} (${skips} skips)`,
    `filters ${filters.join(',')}`,
    plural(levelsOf(config).length, 'head'),
    ...(norm === 'none' ? [] : [`${norm} norm`]),
    `${upsample} upsampling`,
    ...(dropout === 0 ? [] : [`dropout ${dropout}`]),
  ].join(', ');
}

/** Says what computes: `2 threads`, or a GPU by its name. */
export function computerText({
  threads,
  adapter,
}: {
  readonly threads: number;
  readonly adapter?: string | null;
}): string {
  return adapter ? `the GPU (${adapter})` : plural(threads, 'thread');
}

/** Describes thresholds: `0.5`, or where they were chosen `L1 0.45, L2 0.6, accurate 0.55`. */
export function thresholdsText({ thresholds }: Pick<ModelCard, 'thresholds'>): string {
  const chosen = Object.entries(thresholds).map(([name, threshold]) => `${name} ${threshold}`);
  return chosen.length > 0 ? chosen.join(', ') : `${DEFAULT_THRESHOLD}`;
}

/** Describes a postprocessing: `objects below 64 pixels removed, holes of up to 32 pixels filled`. */
export function postprocessingText({ minObject, maxHole, largestOnly }: Postprocessing): string {
  return [
    ...(minObject === undefined ? [] : [`objects below ${plural(minObject, 'pixel')} removed`]),
    ...(maxHole === undefined ? [] : [`holes of up to ${plural(maxHole, 'pixel')} filled`]),
    ...(largestOnly ? ['only the largest object kept'] : []),
  ].join(', ');
}

/** Describes the postprocessing of each output: `L1: holes of up to 8 pixels filled; accurate: …`. */
export function postprocessingsText(postprocessings: Postprocessings): string {
  return Object.entries(postprocessings)
    .map(([name, of]) => `${name}: ${postprocessingText(of)}`)
    .join('; ');
}

const SCORE_NAMES: Readonly<Record<RecommendationScore, string>> = {
  dice: 'Dice',
  iou: 'IoU',
  pooledDice: 'pooled Dice',
  pooledIou: 'pooled IoU',
};

/** Says why a mode is recommended: `Dice 0.9620, within 0.01 of the best (L4, 0.9670)`. */
export function reasonText({ mode, score, tolerance, scores }: Recommendation): string {
  const best = bestOf(scores);
  const reason = mode === best ? 'the best' : `within ${tolerance} of the best (${best}, ${scores[best]!.toFixed(4)})`;
  return `${SCORE_NAMES[score]} ${scores[mode]!.toFixed(4)}, ${reason}`;
}

/** Describes a loss: `0.5*ce+dice`, and the weights that are not equal. */
export function objectiveText({ terms, headWeights, classWeights }: LossOptions): string {
  return [
    lossText(terms),
    ...(headWeights ? [`head weights ${headWeights}`] : []),
    ...(classWeights ? [`class weights ${classWeights}`] : []),
  ].join(', ');
}

interface DiceScores {
  readonly dice: number;
  readonly heads: readonly { readonly head: string; readonly dice: number }[];
}

/** Lists the Dice of the mean of the heads and of each: `0.9100 (L1 0.8000, L2 0.9000)`. */
export function diceText({ dice, heads }: DiceScores): string {
  if (heads.length === 1) return dice.toFixed(4);
  return `${dice.toFixed(4)} (${heads.map((head) => `${head.head} ${head.dice.toFixed(4)}`).join(', ')})`;
}
