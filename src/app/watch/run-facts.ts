/** What is said of a run beside its curves. */
import { flagOf, onCommandLine } from '../options/option.js';
import { trainTable } from '../options/train-options.js';
import type { TrainingJob } from '../training/job.js';

/** Options that name places of this machine. */
const PLACES: readonly string[] = ['data', 'initFrom'];

/** The options of a run by their flags, without the dashes; of files and folders the last part of the name alone. */
export function optionRows({ options }: TrainingJob): (readonly [name: string, value: string])[] {
  return Object.entries(options).flatMap(([name, value]) => {
    const spec = Object.hasOwn(trainTable, name) ? trainTable[name as keyof typeof trainTable] : null;
    if (!spec || spec.affects === 'output' || value === undefined) return [];
    const text = onCommandLine(value);
    return [[flagOf(trainTable, name).slice(2), PLACES.includes(name) ? runName(text) : text] as const];
  });
}

/** Names a run by its folder. */
export function runName(path: string): string {
  return path
    .replace(/[\\/]+$/, '')
    .split(/[\\/]/)
    .at(-1)!;
}
