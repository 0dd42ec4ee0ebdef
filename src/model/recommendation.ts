/**
 * The mode that suffices: the cheapest one whose score on labelled images is near enough to the best. It is found by
 * `compareModes` and travels with the model; the mode 'auto' is what it names.
 */
import { InputError } from '../base/errors.js';
import type { ModelConfig } from './config.js';
import { type Mode, modesOf, type Output, outputsOf, parseMode } from './mode.js';

export const recommendationScores = ['dice', 'iou', 'pooledDice', 'pooledIou'] as const;
/** Means over the images, or of the pixels of all images counted together. */
export type RecommendationScore = (typeof recommendationScores)[number];

export interface Recommendation {
  readonly mode: Output;
  readonly score: RecommendationScore;
  /** How far below the best the score of `mode` may lie. */
  readonly tolerance: number;
  /** The images that the scores are of, and how many. */
  readonly subset: string;
  readonly images: number;
  /** Of every mode, by the names of `outputsOf`. */
  readonly scores: Readonly<Record<string, number>>;
}

/**
 * A mode that this network has; 'auto' is the recommended one.
 * @throws InputError for another one, or for 'auto' where none is recommended
 */
export function resolveMode(
  asked: string,
  { config, recommendation }: { readonly config: ModelConfig; readonly recommendation: Recommendation | undefined },
): Mode {
  if (asked !== 'auto') return parseMode(asked, config);
  if (recommendation) return recommendation.mode;
  const others = modesOf(config).join(', ');
  throw new InputError(
    `mode "auto": this model has no recommendation stored; let unetpp compare --save find one, or choose from ${others}`,
  );
}

/** The name of the highest score, of equals the first. */
export function bestOf(scores: Readonly<Record<string, number>>): string {
  return Object.keys(scores).reduce((a, b) => (scores[b]! > scores[a]! ? b : a));
}

/** @throws InputError */
export function parseRecommendation(value: unknown, config: ModelConfig, source: string): Recommendation {
  const outputs: readonly unknown[] = outputsOf(config);
  const isShare = (number: unknown) => typeof number === 'number' && number >= 0 && number <= 1;
  const rules: { readonly [K in keyof Recommendation]: Rule } = {
    mode: { expected: `one of ${outputs.join(', ')}`, accepts: (mode) => outputs.includes(mode) },
    score: {
      expected: `one of ${recommendationScores.join(', ')}`,
      accepts: (score) => (recommendationScores as readonly unknown[]).includes(score),
    },
    tolerance: { expected: 'a number from 0 to 1', accepts: isShare },
    subset: { expected: 'a text', accepts: (subset) => typeof subset === 'string' },
    images: {
      expected: 'a whole number of at least 1',
      accepts: (images) => Number.isSafeInteger(images) && (images as number) >= 1,
    },
    scores: {
      expected: `a number from 0 to 1 for each of ${outputs.join(', ')}`,
      accepts: (scores) =>
        typeof scores === 'object' &&
        scores !== null &&
        Object.keys(scores).length === outputs.length &&
        outputs.every((output) => isShare((scores as Record<string, unknown>)[output as string])),
    },
  };
  const found = (typeof value === 'object' ? (value ?? {}) : {}) as Readonly<Record<string, unknown>>;
  for (const [name, { expected, accepts }] of Object.entries(rules)) {
    if (accepts(found[name])) continue;
    const shown = (JSON.stringify(found[name]) ?? 'missing').slice(0, 60);
    throw new InputError(`${source}: ${name} is ${shown}, expected ${expected}`);
  }
  return value as Recommendation;
}

interface Rule {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}
