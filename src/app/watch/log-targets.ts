/** `--log`: where a training can be watched. */
import { show } from '../../base/show.js';
import { ValueError } from '../options/parsers.js';

export const logTargets = ['tensorboard', 'mlflow', 'live', 'report'] as const;
export type LogTarget = (typeof logTargets)[number];

/** Parses names with commas between them, each once. @throws ValueError for another name */
export function logList(text: string): readonly LogTarget[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(logTargets as readonly string[]).includes(name));
  if (unknown === undefined) return [...new Set(names)] as LogTarget[];
  throw new ValueError(`names with commas between them, of ${logTargets.join(', ')}`, `; found ${show(unknown)}`);
}
