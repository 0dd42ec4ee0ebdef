/** How a prediction is made from the heads, by the paper's names. */
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import { levelsOf, type ModelConfig } from './config.js';

/**
 * 'accurate': the mean of all heads' probabilities. 'fast': one head, computed by the network pruned to it, the deepest
 * unless a level is named: 'L1', 'L2', …
 */
export type Mode = 'accurate' | 'fast' | `L${number}`;

/** What a network can answer with: the mean of its heads, or one of them. */
export type Output = Exclude<Mode, 'fast'>;

/** The heads that a mode reads, as levels, ascending. */
export function levelsOfMode(mode: Mode, config: ModelConfig): number[] {
  const levels = levelsOf(config);
  if (mode === 'accurate') return levels;
  return [mode === 'fast' ? levels.at(-1)! : Number(mode.slice(1))];
}

/** All outputs that a network has: each head, shallowest first, and where there are several their mean, last. */
export function outputsOf(config: ModelConfig): Output[] {
  const heads = levelsOf(config).map(levelName);
  return heads.length > 1 ? [...heads, 'accurate'] : heads;
}

/** Which of these a mode is: 'fast' is its head, and 'accurate' the only head where there is but one. */
export function outputOf(mode: Mode, config: ModelConfig): Output {
  const levels = levelsOfMode(mode, config);
  return levels.length > 1 ? 'accurate' : levelName(levels[0]!);
}

/** All modes that a network has. */
export function modesOf(config: ModelConfig): Mode[] {
  return ['accurate', 'fast', ...levelsOf(config).map(levelName)];
}

/**
 * A mode that this network has.
 * @throws InputError that names those that it has
 */
export function parseMode(text: string, config: ModelConfig): Mode {
  const modes: readonly string[] = modesOf(config);
  if (modes.includes(text)) return text as Mode;
  const why = config.deepSupervision ? '' : ' (it was built without deep supervision, so with its deepest head alone)';
  throw new InputError(`mode ${show(text)}: this network has ${modes.join(', ')}${why}`);
}

/** `L2` of 2. */
export function levelName(level: number): `L${number}` {
  return `L${level}`;
}
