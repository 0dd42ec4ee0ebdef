/** `metrics.jsonl` of a run: line N is the report of epoch N and the memory after it, as JSON. */
import { residentMemory } from '#platform/host.js';
import { bytesOf } from '../base/bytes.js';
import { InputError } from '../base/errors.js';
import { requireForm } from '../base/form.js';
import { parseJson } from '../base/json.js';
import { show } from '../base/show.js';
import type { FolderStore } from '../platform/folder-store.js';
import type { EpochReport } from '../train/report.js';
import { REPORT } from '../train/report-form.js';

export const METRICS = 'metrics.jsonl';

const ADVICE = 'restore the file from a copy, or start a new run';

/**
 * Adds the report of an epoch, and the resident memory of this process.
 * @returns the line
 * @throws InputError that names the path and the reason
 */
export async function addMetrics(files: FolderStore, report: EpochReport): Promise<string> {
  const line = JSON.stringify({ ...report, memoryBytes: residentMemory() });
  await files.append(METRICS, line);
  return line;
}

/**
 * Makes the file hold the lines of the epochs 1 to `epochs` and no others. What a killed process wrote after its last
 * checkpoint goes, the line that it did not finish too; what is missing or was changed is restored from the checkpoint.
 * @param stored the last of these lines, as the checkpoint has them; those before are taken from the file
 * @param warn is called when a line is restored
 * @returns the lines, and the reports in them
 * @throws InputError that names the line that is not that of its epoch, or a field of it; then the file stays as it is
 */
export async function keepMetrics(
  files: FolderStore,
  epochs: number,
  stored: readonly string[] = [],
  warn?: (line: string) => void,
): Promise<{ lines: string[]; reports: EpochReport[] }> {
  const path = files.pathOf(METRICS);
  const text = new TextDecoder().decode(await files.read(METRICS));
  // What follows the last newline is empty or cut short.
  const whole = text.split('\n').slice(0, -1);
  const own = epochs - stored.length;
  const reports = Array.from({ length: epochs }, (_, k) =>
    parseReport(k < own ? whole[k] : stored[k - own], k + 1, path),
  );
  const lines = [...whole.slice(0, own), ...stored];
  const other = lines.findIndex((line, k) => line !== whole[k]);
  if (other >= 0) {
    const what = whole[other] === undefined ? 'is missing' : 'is not as it was written';
    warn?.(`${path}: line ${other + 1} ${what}; restored from the checkpoint`);
  }
  await files.write(METRICS, bytesOf(lines.map((line) => `${line}\n`).join('')));
  return { lines, reports };
}

function parseReport(line: string | undefined, epoch: number, path: string): EpochReport {
  const source = `${path}, line ${epoch}`;
  let report: unknown;
  try {
    report = parseJson(line ?? '', source);
  } catch {
    // Reported as any other line that is not the expected one.
  }
  if ((report as EpochReport | null | undefined)?.epoch !== epoch) {
    const found = line === undefined ? 'the end of the file' : show(line);
    throw new InputError(`${source}: expected the report of epoch ${epoch}, found ${found}; ${ADVICE}`);
  }
  requireForm(report, REPORT, source, ADVICE);
  return report as EpochReport;
}
