/** Finding the folders of runs. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from './file-errors.js';

/** How many levels of folders are looked through: those of a study lie two below it. */
const DEPTH = 5;

export interface FoundRun {
  readonly path: string;
  /** When a file in the folder was last written, in milliseconds since 1970. */
  readonly changed: number;
}

/**
 * Finds the folders below `path`, or itself, that hold one of these files. Links are not followed.
 * @throws InputError where the folder itself cannot be read
 */
export function findRuns(path: string, marks: readonly string[]): FoundRun[] {
  const found: FoundRun[] = [];
  const look = (folder: string, depth: number): void => {
    const entries = readdirSync(folder, { withFileTypes: true });
    if (entries.some((entry) => entry.isFile() && marks.includes(entry.name))) {
      const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
      found.push({ path: folder, changed: Math.max(...files.map(({ name }) => timeOf(join(folder, name)))) });
    }
    if (depth === 0) return;
    for (const entry of entries) {
      if (!entry.isDirectory() || entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      try {
        look(join(folder, entry.name), depth - 1);
      } catch {
        // A folder that cannot be read, or is gone by now, has no run to show.
      }
    }
  };
  try {
    look(path, DEPTH);
  } catch (error) {
    throw fileError(path, 'read', error, 'there is no such folder; give one with runs');
  }
  return found;
}

function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
