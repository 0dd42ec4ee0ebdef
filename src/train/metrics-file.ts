/** `metrics.jsonl` of a run: line N is the report of epoch N and the memory after it, as JSON. */
import { readFile } from 'node:fs/promises';
import { InputError } from '../base/errors.js';
import { appendLine, writeTextAtomic } from '../files/atomic.js';
import { fileError } from '../files/errors.js';
import type { EpochReport } from './trainer.js';

/**
 * Adds the report of an epoch, and the resident memory of this process.
 * @throws InputError that names the path and the reason
 */
export async function addMetrics(path: string, report: EpochReport): Promise<void> {
  await appendLine(path, JSON.stringify({ ...report, memoryBytes: process.memoryUsage().rss }));
}

/**
 * Takes back all lines after those of the epochs 1 to `epochs`: what a killed process wrote after its last checkpoint,
 * the line that it did not finish too.
 * @returns the reports of the epochs 1 to `epochs`
 * @throws InputError that names the line that is not that of its epoch; then the file stays as it is
 */
export async function keepMetrics(path: string, epochs: number): Promise<EpochReport[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw fileError(path, 'read', error, '');
  });
  // What follows the last newline is empty or cut short.
  const whole = text.split('\n').slice(0, -1);
  const lines = Array.from({ length: epochs }, (_, k) => whole[k]);
  const reports = lines.map((line, k) => parseReport(line, k + 1, path));
  await writeTextAtomic(path, lines.map((line) => `${line}\n`).join(''));
  return reports;
}

function parseReport(line: string | undefined, epoch: number, path: string): EpochReport {
  try {
    const report: unknown = JSON.parse(line ?? '');
    if ((report as EpochReport | null)?.epoch === epoch) return report as EpochReport;
  } catch {
    // Told as any other line that is not the one expected.
  }
  const found = line === undefined ? 'the end of the file' : JSON.stringify(line.slice(0, 60));
  throw new InputError(
    `${path}, line ${epoch}: expected the report of epoch ${epoch}, found ${found}; ` +
      'restore the file from a copy, or start a new run',
  );
}
