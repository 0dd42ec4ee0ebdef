/**
 * The probability above which a pixel is foreground, for networks of one class. It is chosen on validation images for
 * the mean of the heads and for each head by itself, as their probabilities are not calibrated alike, and travels with
 * the model.
 */
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import { DEFAULT_THRESHOLD } from '../infer/prediction.js';
import type { ModelConfig } from '../network/config.js';
import { type Mode, outputOf, outputsOf } from '../network/mode.js';

/** Thresholds by the names of `outputsOf`. An output that is left out has `DEFAULT_THRESHOLD`. */
export type Thresholds = Readonly<Record<string, number>>;

/** The threshold of a mode: the one in the model's card, or else `DEFAULT_THRESHOLD`. */
export function thresholdOf(
  { config, card }: { readonly config: ModelConfig; readonly card: { readonly thresholds: Thresholds } },
  mode: Mode,
): number {
  return card.thresholds[outputOf(mode, config)] ?? DEFAULT_THRESHOLD;
}

/** @throws InputError that names the source, for anything but names of outputs with numbers from 0 to 1 */
export function parseThresholds(value: unknown, config: ModelConfig, source: string): Thresholds {
  const expected = `expected {NAME: NUMBER} with names from ${outputsOf(config).join(', ')} and numbers from 0 to 1`;
  const found = () => new InputError(`${source}: ${expected}, found ${show(value)}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw found();
  const names: readonly string[] = outputsOf(config);
  for (const [name, number] of Object.entries(value)) {
    if (!names.includes(name) || typeof number !== 'number' || !(number >= 0 && number <= 1)) throw found();
  }
  return value as Thresholds;
}
