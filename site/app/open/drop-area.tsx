/** Where files and folders are dropped or chosen. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { grouped, plural } from '../../../src/base/quantities.js';
import type { DroppedFile } from '../../engine/protocol.js';
import { ErrorLine, FileButton, Status } from '../ui/index.js';
import { chosen, type Dropped, dropped } from './dropped-files.js';

export interface DropAreaProps {
  /** Something else is being read: nothing can be dropped. */
  readonly disabled: boolean;
  readonly onFiles: (name: string, files: readonly DroppedFile[]) => void;
}

export function DropArea({ disabled, onFiles }: DropAreaProps) {
  const [over, setOver] = useState(false);
  const [looking, setLooking] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);

  const take = async (found: Promise<Dropped>) => {
    setFault(null);
    try {
      const { name, files, hidden } = await found;
      setLooking(null);
      if (files.length > 0) onFiles(name, files);
      else setFault(emptyText(hidden));
    } catch (error) {
      setLooking(null);
      setFault(`The browser cannot read what was dropped (${(error as Error).message}); choose it with the buttons`);
    }
  };
  const drop = (event: DragEvent) => {
    setOver(false);
    if (disabled || looking) return;
    setLooking('Looking through what was dropped …');
    const onFound = (files: number) => setLooking(`Looking through the folder: ${plural(files, 'file')} so far`);
    void take(dropped(event.dataTransfer?.items ?? [], onFound));
  };
  useWholePage({ onOver: setOver, onDrop: drop });

  return (
    <div class={`drop-area${over && !disabled ? ' over' : ''}`}>
      <p class="drop-title">Drop a folder or images here</p>
      <p class="hint">Anywhere on this page will do. Nothing leaves your computer.</p>
      <div class="row">
        <FileButton id="files" disabled={disabled} onFiles={(files) => take(Promise.resolve(chosen(files)))}>
          Choose files
        </FileButton>
        <FileButton id="folder" folder disabled={disabled} onFiles={(files) => take(Promise.resolve(chosen(files)))}>
          Choose a folder
        </FileButton>
      </div>
      <Status id="drop-status">{looking}</Status>
      <ErrorLine id="drop-error">{fault}</ErrorLine>
    </div>
  );
}

function emptyText(hidden: number): string {
  if (hidden === 0) return 'There is no file in what was dropped; drop image files, or a folder with images';
  const files = hidden === 1 ? 'There is only a hidden file' : `There are only ${grouped(hidden)} hidden files`;
  return `${files} in what was dropped; drop image files, or a folder with images`;
}

interface PageDrops {
  readonly onOver: (over: boolean) => void;
  readonly onDrop: (event: DragEvent) => void;
}

/** Takes drops wherever they fall: beside the area, a browser would leave the page and show the file. */
function useWholePage(drops: PageDrops): void {
  const now = useRef(drops);
  now.current = drops;
  useEffect(() => {
    const leave = new AbortController();
    const on = (type: 'dragover' | 'dragleave' | 'drop', listener: (event: DragEvent) => void) =>
      window.addEventListener(type, listener, { signal: leave.signal });
    on('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      now.current.onOver(true);
    });
    // Leaving one element for another one is no leaving of the page.
    on('dragleave', (event) => {
      if (!event.relatedTarget) now.current.onOver(false);
    });
    on('drop', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      now.current.onDrop(event);
    });
    return () => leave.abort();
  }, []);
}
