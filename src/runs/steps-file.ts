/** `steps.jsonl` of a run: one object for each step of the optimizer that is logged, see `StepReport`. */
import { bytesOf } from '../base/bytes.js';
import { parseJson } from '../base/json.js';
import type { FolderStore } from '../platform/folder-store.js';
import type { RunObserver, RunStart, StepReport } from '../train/observer.js';

export const STEPS = 'steps.jsonl';

export class StepsFile implements RunObserver {
  /** @param every the interval of the lines in steps: those whose number is a multiple of it are logged */
  constructor(
    readonly files: FolderStore,
    readonly every: number,
  ) {}

  /** Cuts off what a killed process wrote after its last checkpoint, the line that it did not finish too. */
  async begin({ steps }: Pick<RunStart, 'steps'>): Promise<void> {
    const bytes = await this.files.read(STEPS);
    const text = bytes && new TextDecoder().decode(bytes);
    // What follows the last newline is empty or cut short.
    const lines = (text ?? '').split('\n').slice(0, -1);
    const later = lines.findIndex((line) => stepOf(line) > steps);
    const kept = (later < 0 ? lines : lines.slice(0, later)).map((line) => `${line}\n`).join('');
    if (kept !== text) await this.files.write(STEPS, bytesOf(kept));
  }

  async step(report: StepReport): Promise<void> {
    if (report.step % this.every === 0) await this.files.append(STEPS, JSON.stringify(report));
  }
}

/** Returns the step that a line is of; NaN for a line without one. */
function stepOf(line: string): number {
  try {
    return Number((parseJson(line, '') as { readonly step?: unknown } | null)?.step);
  } catch {
    return Number.NaN;
  }
}
