/** `--log`: where a training can be watched. */
import { nearest } from '../../base/nearest.js';
import { show } from '../../base/show.js';
import { ValueError } from '../options/parsers.js';

export const logTargets = ['tensorboard', 'mlflow', 'live', 'report'] as const;
export type LogTarget = (typeof logTargets)[number];

/** Parses names with commas between them, each once. @throws ValueError that names the nearest of them */
export function logList(text: string): readonly LogTarget[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(logTargets as readonly string[]).includes(name));
  if (unknown === undefined) return [...new Set(names)] as LogTarget[];
  const close = nearest(unknown, logTargets);
  const advice = close === undefined ? '' : `; did you mean ${close}?`;
  throw new ValueError(
    `names with commas between them, of ${logTargets.join(', ')}`,
    `; found ${show(unknown)}${advice}`,
  );
}
