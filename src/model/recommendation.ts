/**
 * The mode that suffices: the cheapest one whose score on labelled images is near enough to the best. It is found by
 * `compareModes` and travels with the model; the mode 'auto' is what it names.
 */
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import type { ModelConfig } from '../network/config.js';
import { type Mode, modesOf, type Output, outputsOf, parseMode } from '../network/mode.js';

export const recommendationScores = ['dice', 'iou', 'pooledDice', 'pooledIou'] as const;
/** A score that a recommendation goes by: a mean over the images, or one of the pixels of all images together. */
export type RecommendationScore = (typeof recommendationScores)[number];

export interface Recommendation {
  readonly mode: Output;
  readonly score: RecommendationScore;
  /** How far below the best the score of `mode` may lie. */
  readonly tolerance: number;
  /** The subset whose images were scored, and how many they are. */
  readonly subset: string;
  readonly images: number;
  /** The score of every mode, by the names of `outputsOf`. */
  readonly scores: Readonly<Record<string, number>>;
}

/**
 * Resolves the name of a mode; 'auto' is the recommended one.
 * @throws InputError for another one, or for 'auto' where none is recommended
 */
export function resolveMode(
  mode: string,
  {
    config,
    card,
  }: { readonly config: ModelConfig; readonly card: { readonly recommendation?: Recommendation | undefined } },
): Mode {
  if (mode !== 'auto') return parseMode(mode, config);
  if (card.recommendation) return card.recommendation.mode;
  const others = modesOf(config).join(', ');
  throw new InputError(
    `mode "auto": this model has no recommendation stored; let unetpp compare --save find one, or choose from ${others}`,
  );
}

/** Returns the name of the highest score, the first among equals. */
export function bestOf(scores: Readonly<Record<string, number>>): string {
  return Object.keys(scores).reduce((a, b) => (scores[b]! > scores[a]! ? b : a));
}

/** @throws InputError that names the field, its value and what is allowed */
export function parseRecommendation(value: unknown, config: ModelConfig, source: string): Recommendation {
  const found = (typeof value === 'object' ? (value ?? {}) : {}) as Readonly<Record<string, unknown>>;
  for (const [name, { expected, accepts }] of Object.entries(rulesFor(outputsOf(config)))) {
    if (accepts(found[name])) continue;
    throw new InputError(`${source}: ${name} is ${show(found[name])}, expected ${expected}`);
  }
  return value as Recommendation;
}

/** What a field may hold: in words for the error, and as a test. */
interface Rule {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

function rulesFor(outputs: readonly string[]): { readonly [K in keyof Recommendation]: Rule } {
  return {
    mode: oneOf(outputs),
    score: oneOf(recommendationScores),
    tolerance: { expected: 'a number from 0 to 1', accepts: isShare },
    subset: { expected: 'a text', accepts: (subset) => typeof subset === 'string' },
    images: {
      expected: 'a whole number of at least 1',
      accepts: (images) => Number.isSafeInteger(images) && (images as number) >= 1,
    },
    scores: {
      expected: `a number from 0 to 1 for each of ${outputs.join(', ')}`,
      accepts(scores) {
        const entries = Object.entries(scores ?? {});
        return (
          entries.length === outputs.length && entries.every(([name, of]) => outputs.includes(name) && isShare(of))
        );
      },
    },
  };
}

function oneOf(allowed: readonly string[]): Rule {
  return { expected: `one of ${allowed.join(', ')}`, accepts: (value) => allowed.includes(value as string) };
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}
