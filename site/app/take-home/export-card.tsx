/** One thing to take home: what it is for, a button that makes and saves it, and how it is opened elsewhere. */
import { useState } from 'preact/hooks';
import type { Progress as Work } from '../../../src/app/observer.js';
import { grouped, plural } from '../../../src/base/quantities.js';
import { Button, Details, ErrorLine, Progress, Status } from '../ui/index.js';
import { fileSize } from '../words.js';
import type { SavedFile } from './kinds.js';
import { saveFile } from './save.js';

interface Made {
  readonly files: readonly SavedFile[];
  /** What was left out, and why, one line each. */
  readonly refused: readonly string[];
}

const NOTHING: Made = { files: [], refused: [] };

export interface ExportCardProps {
  readonly id: string;
  readonly title: string;
  /** What it is for, in a sentence. */
  readonly use: string;
  /** How large it is, as far as that is known before it is made. */
  readonly size: string | null;
  readonly how: string | null;
  readonly disabled?: boolean;
  readonly make: (onProgress: (progress: Work) => void) => Promise<Made>;
}

export function ExportCard({ id, title, use, size, how, disabled, make }: ExportCardProps) {
  const [making, setMaking] = useState(false);
  const [progress, setProgress] = useState<Work | null>(null);
  const [{ files: made, refused }, setMade] = useState(NOTHING);
  const [fault, setFault] = useState<string | null>(null);
  const start = async () => {
    setMaking(true);
    setFault(null);
    setMade(NOTHING);
    try {
      const done = await make(setProgress);
      const { files } = done;
      setMade(done);
      // Browsers ask before they save a second file on their own: several have a button each.
      if (files.length === 1) save(files[0]!);
    } catch (error) {
      setFault((error as Error).message);
    } finally {
      setMaking(false);
      setProgress(null);
    }
  };
  return (
    <li class="export">
      <h3>{title}</h3>
      <p class="hint">{use}</p>
      <div class="row">
        <Button id={id} onClick={start} busy={making} disabled={disabled} label={`Make ${title}`}>
          Make and save
        </Button>
        {size && <span class="figures">{size}</span>}
      </div>
      {making && (
        <Progress
          label="Making it"
          {...(progress && { done: progress.done, total: progress.total, text: stand(progress) })}
        />
      )}
      <Status id={`${id}-status`} tone="good">
        {made.length > 0 && `Made: ${made.map(({ name, bytes }) => `${name}, ${fileSize(bytes.length)}`).join('; ')}`}
      </Status>
      {made.length > 0 && (
        <div class="row">
          {made.map((file) => (
            <Button key={file.name} kind="quiet" onClick={() => save(file)}>
              {made.length === 1 ? 'Save it again' : `Save ${file.name}`}
            </Button>
          ))}
        </div>
      )}
      {refused.length > 0 && (
        <Details summary={`${plural(refused.length, 'image')} left out`}>
          <ul class="lines" id={`${id}-refused`}>
            {refused.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Details>
      )}
      <ErrorLine id={`${id}-error`}>{fault}</ErrorLine>
      {how && (
        <Details summary="How to open it">
          <pre>{how}</pre>
        </Details>
      )}
    </li>
  );
}

function save({ name, bytes, type }: SavedFile): void {
  saveFile(name, bytes, type);
}

function stand({ done, total }: Work): string {
  return `${grouped(done)} of ${grouped(total)}`;
}
