/** What a run folder says of its run, read without its lock while it may be trained in. Whatever is damaged is said. */
import { openFolder } from '#platform/files/folder-store.js';
import { parseJson } from '../base/json.js';
import type { FolderStore } from '../platform/folder-store.js';
import type { EpochReport } from '../train/report.js';
import { METRICS } from './metrics-file.js';
import { CONFIG, RESULT } from './run-folder.js';
import { STUDY_RESULT } from './study-folder.js';

export interface RunSummary {
  /** The content of config.json; undefined where it is damaged. */
  readonly config: Readonly<Record<string, unknown>> | undefined;
  /** The epochs that are whole and in order. */
  readonly epochs: readonly EpochSummary[];
  readonly isDone: boolean;
  /** What is damaged, in one line. */
  readonly damage?: string;
}

export interface EpochSummary extends Pick<EpochReport, 'epoch' | 'seconds' | 'best'> {
  readonly dice: number | null;
  readonly iou: number | null;
}

/** Reads the files of a run. It never throws for what is in them. */
export async function summarizeRun(path: string): Promise<RunSummary> {
  const files = await openFolder(path);
  const damages: string[] = [];
  const config = await objectIn(files, CONFIG, damages);
  if (!files.has(CONFIG)) damages.push(`${CONFIG} is missing`);
  const epochs = await epochsIn(files, damages);
  const results = [RESULT, STUDY_RESULT].filter((name) => files.has(name));
  const whole = await Promise.all(results.map((name) => objectIn(files, name, damages)));
  const [damage] = damages;
  return { config, epochs, isDone: whole.some(Boolean), ...(damage !== undefined && { damage }) };
}

/** Reads a file that holds an object; undefined where there is none, or it is damaged. */
async function objectIn(files: FolderStore, name: string, damages: string[]) {
  try {
    const bytes = await files.read(name);
    if (!bytes) return undefined;
    const value = parseJson(new TextDecoder().decode(bytes), name);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    damages.push(`${name} holds no object`);
  } catch {
    damages.push(`${name} is damaged`);
  }
  return undefined;
}

/** A last line that is cut short is being written, or was when the process was killed: it is no damage. */
async function epochsIn(files: FolderStore, damages: string[]): Promise<EpochSummary[]> {
  const epochs: EpochSummary[] = [];
  const text = new TextDecoder().decode(await files.read(METRICS).catch(() => undefined));
  for (const line of text.split('\n').slice(0, -1)) {
    const epoch = parseEpoch(line);
    if (epoch?.epoch !== epochs.length + 1) {
      damages.push(`${METRICS} is damaged in line ${epochs.length + 1}`);
      break;
    }
    epochs.push(epoch);
  }
  return epochs;
}

function parseEpoch(line: string): EpochSummary | undefined {
  try {
    const { epoch, seconds, best, validation } = parseJson(line, METRICS) as EpochReport;
    const score = (value: unknown) => (typeof value === 'number' ? value : null);
    if (typeof seconds !== 'number' || typeof best !== 'boolean') return undefined;
    return { epoch, seconds, best, dice: score(validation.dice), iou: score(validation.iou) };
  } catch {
    return undefined;
  }
}
