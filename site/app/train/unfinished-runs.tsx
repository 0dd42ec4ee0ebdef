/** Trainings that were broken off, to be gone on with. */

import type { RunView } from '../../engine/protocol.js';
import { Button } from '../ui/index.js';
import { fileSize } from '../words.js';
import { dataName } from './train-words.js';

export interface UnfinishedRunsProps {
  readonly runs: readonly RunView[];
  readonly onResume: (run: string) => void;
  readonly disabled: boolean;
}

export function UnfinishedRuns({ runs, onResume, disabled }: UnfinishedRunsProps) {
  const unfinished = runs.filter(({ done }) => !done);
  if (unfinished.length === 0) return null;
  return (
    <div class="runs">
      <h3>Not finished yet</h3>
      <ul>
        {unfinished.map(({ run, data, epochs, epochsDone, changed, bytes }) => (
          <li key={run}>
            <span class="run-facts">
              <strong>{run}</strong>
              <span class="figures">
                {epochsDone} of {epochs} epochs on {dataName(data)}, saved {when(changed)}, {fileSize(bytes)}
              </span>
            </span>
            <Button disabled={disabled} label={`Go on with ${run}`} onClick={() => onResume(run)}>
              Go on
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A time in the words of the person's own language, or as it is told where it is none. */
function when(changed: string): string {
  const date = new Date(changed);
  if (Number.isNaN(date.getTime())) return changed;
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
