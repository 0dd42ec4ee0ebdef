/**
 * The probability above which a pixel is foreground, for networks of one class. It is chosen on validation images for
 * the mean of the heads and for each head by itself, as their probabilities are not calibrated alike, and travels with
 * the model.
 */
import { InputError } from '../base/errors.js';
import { levelsOf, type ModelConfig } from './config.js';
import { levelName, levelsOfMode, type Mode } from './mode.js';

/** By what the probabilities are of: 'accurate' (the mean of the heads), 'L1', 'L2', …; left out: `DEFAULT_THRESHOLD`. */
export type Thresholds = Readonly<Record<string, number>>;

export const DEFAULT_THRESHOLD = 0.5;

/** What a model may have thresholds for: its heads, shallowest first, and where there are several their mean. */
export function thresholdNames(config: ModelConfig): ('accurate' | `L${number}`)[] {
  const heads = levelsOf(config).map(levelName);
  return heads.length > 1 ? [...heads, 'accurate'] : heads;
}

/** The threshold of a mode. 'fast' is its head, and 'accurate' is the only head where there is but one. */
export function thresholdOf(
  { config, thresholds }: { readonly config: ModelConfig; readonly thresholds: Thresholds },
  mode: Mode,
): number {
  const levels = levelsOfMode(mode, config);
  const name = levels.length > 1 ? 'accurate' : levelName(levels[0]!);
  return thresholds[name] ?? DEFAULT_THRESHOLD;
}

/** @throws InputError */
export function parseThresholds(value: unknown, config: ModelConfig, source: string): Thresholds {
  const expected = `expected {NAME: NUMBER} with names from ${thresholdNames(config).join(', ')} and numbers from 0 to 1`;
  const found = () => new InputError(`${source}: ${expected}, found ${JSON.stringify(value).slice(0, 60)}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw found();
  const names: readonly string[] = thresholdNames(config);
  for (const [name, number] of Object.entries(value)) {
    if (!names.includes(name) || typeof number !== 'number' || !(number >= 0 && number <= 1)) throw found();
  }
  return value as Thresholds;
}
