/** What the page keeps in this browser, and how it is deleted. */
import { useState } from 'preact/hooks';
import { grouped } from '../../../src/base/quantities.js';
import type { RunView, StorageView } from '../../engine/protocol.js';
import { Empty, ErrorLine, Progress } from '../ui/index.js';
import { fileSize } from '../words.js';
import { DeleteButton } from './delete-button.js';

export interface KeptThingsProps {
  readonly storage: StorageView | null;
  readonly onForget: (name?: string) => Promise<void>;
}

interface Kept {
  readonly name: string;
  readonly what: string;
  readonly bytes: number;
}

export function KeptThings({ storage, onForget }: KeptThingsProps) {
  const [fault, setFault] = useState<string | null>(null);
  const forget = async (name?: string) => {
    setFault(null);
    try {
      await onForget(name);
      // The button that had the focus is gone with what it deleted.
      document.getElementById('storage-title')?.focus();
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  if (!storage) return <Progress label="Looking at what is kept" />;
  const kept: Kept[] = [
    ...storage.runs.map((run) => ({ name: run.run, what: runText(run), bytes: run.bytes })),
    ...storage.data.map(({ name, bytes }) => ({ name, what: 'Data', bytes })),
  ];
  return (
    <section class="part" aria-labelledby="storage-title">
      <h3 id="storage-title" tabIndex={-1}>
        Kept in this browser
      </h3>
      <p class="hint" id="storage-used">
        {fileSize(storage.usedBytes)} of the {fileSize(storage.quotaBytes)} that the browser allows.{' '}
        {storage.persisted
          ? 'The browser has promised not to delete it by itself.'
          : 'The browser may delete it when the disk is full; it is asked not to when a training begins.'}{' '}
        Whoever clears the browser's data deletes it, too: take models home that matter.
      </p>
      {kept.length === 0 ? (
        <Empty>Nothing is kept yet.</Empty>
      ) : (
        <>
          <ul class="kept" id="kept">
            {kept.map(({ name, what, bytes }) => (
              <li key={`${what} ${name}`}>
                <span class="kept-name">{name}</span>
                <span class="kept-what">
                  {what}, {fileSize(bytes)}
                </span>
                <DeleteButton what={name} onDelete={() => forget(name)} />
              </li>
            ))}
          </ul>
          <div class="row">
            <DeleteButton id="forget-all" what="everything" onDelete={() => forget()} />
          </div>
        </>
      )}
      <ErrorLine id="storage-error">{fault}</ErrorLine>
    </section>
  );
}

function runText({ data, epochs, epochsDone, done }: RunView): string {
  const on = data ? `on ${data.replace(/^data\//, '')}` : 'on the phantom';
  const far = done ? `${grouped(epochsDone)} epochs` : `${grouped(epochsDone)} of ${grouped(epochs)} epochs`;
  return `Training ${on}, ${far}`;
}
