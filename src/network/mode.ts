/** How a prediction is made from the heads, by the paper's names: users choose a mode, which stands for an output. */
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import { levelsOf, type ModelConfig } from './config.js';

/**
 * How the heads of a network are used. 'accurate' is the mean of the probabilities of all heads. 'fast' is the deepest
 * head, and 'L1', 'L2', … are the heads by their level, each computed by the network pruned to it.
 */
export type Mode = 'accurate' | 'fast' | `L${number}`;

/** What a network can answer with: one of its heads, or their mean. Each mode is one of these, see `outputOf`. */
export type Output = Exclude<Mode, 'fast'>;

/** The levels of the heads that a mode reads, ascending. */
export function levelsOfMode(mode: Mode, config: ModelConfig): number[] {
  const levels = levelsOf(config);
  if (mode === 'accurate') return levels;
  return [mode === 'fast' ? levels.at(-1)! : Number(mode.slice(1))];
}

/** All outputs of a network: each head, shallowest first, and where there are several heads their mean, last. */
export function outputsOf(config: ModelConfig): Output[] {
  const heads = levelsOf(config).map(levelName);
  return heads.length > 1 ? [...heads, 'accurate'] : heads;
}

/** The output that a mode stands for: 'fast' for the deepest head, 'accurate' for the only head where there is but one. */
export function outputOf(mode: Mode, config: ModelConfig): Output {
  const levels = levelsOfMode(mode, config);
  return levels.length > 1 ? 'accurate' : levelName(levels[0]!);
}

/** All modes that a network has. */
export function modesOf(config: ModelConfig): Mode[] {
  return ['accurate', 'fast', ...levelsOf(config).map(levelName)];
}

/**
 * Parses the name of a mode that this network has.
 * @throws InputError that names those that it has
 */
export function parseMode(text: string, config: ModelConfig): Mode {
  const modes: readonly string[] = modesOf(config);
  if (modes.includes(text)) return text as Mode;
  const why = config.deepSupervision ? '' : ' (it was built without deep supervision, so with its deepest head alone)';
  throw new InputError(`mode ${show(text)}: this network has ${modes.join(', ')}${why}`);
}

/** The name of a level: `L2` for 2. */
export function levelName(level: number): `L${number}` {
  return `L${level}`;
}
