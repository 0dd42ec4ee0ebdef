/** Where a person begins: files or a folder, the phantom, or a sample with a model that is trained. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { DroppedFile } from '../../engine/engine.js';
import { Button, Details, ErrorLine, FileButton, Progress, Section } from '../ui/index.js';
import { chosen, dropped } from './dropped.js';

export interface OpenProps {
  readonly busy: boolean;
  readonly error: string | null;
  /** The models that come with the page, each with a sample image. */
  readonly samples: readonly string[];
  readonly onFiles: (files: readonly DroppedFile[]) => void;
  readonly onPhantom: () => void;
  readonly onSample: (model: string) => void;
}

export function OpenPanel({ busy, error, samples, onFiles, onPhantom, onSample }: OpenProps) {
  const over = useDrop(async (items) => {
    const files = await dropped(items);
    if (files.length > 0 && !busy) onFiles(files);
  });
  return (
    <Section
      id="open"
      step={1}
      title="Open"
      lead="Your own images, with masks to learn from them or without to segment them; or nothing at all, to see how it works."
    >
      <div class={over ? 'drop over' : 'drop'}>
        <p class="drop-title">Drop a folder or images anywhere on this page</p>
        <p class="hint">PNG, JPEG, TIFF, NIfTI, DICOM or .npy. They are read in this tab and stay on this computer.</p>
        <div class="row">
          <FileButton id="files" disabled={busy} onFiles={(files) => onFiles(chosen(files))}>
            Choose files
          </FileButton>
          <FileButton id="folder" folder disabled={busy} onFiles={(files) => onFiles(chosen(files))}>
            Choose a folder
          </FileButton>
        </div>
      </div>
      {busy && <Progress label="Opening" />}
      <ErrorLine>{error}</ErrorLine>
      <div class="begin">
        <h3>Or begin without images of your own</h3>
        <div class="row">
          <Button onClick={onPhantom}>Train on the phantom</Button>
          {samples.map((model) => (
            <Button key={model} onClick={() => onSample(model)}>
              Segment a sample: {model}
            </Button>
          ))}
        </div>
        <p class="hint">The phantom draws brain slices, each with a tumour, as many as a training needs.</p>
      </div>
      <Details summary="How a folder with masks looks">
        <p>
          Pairs by name: <code>images/a.png</code> with <code>masks/a.png</code>. In a mask, 0 is the background and
          every other value a class. Volumes (NIfTI, DICOM, TIFF with several pages) are taken slice by slice.
        </p>
      </Details>
    </Section>
  );
}

/**
 * Takes what is dropped anywhere on the page: beside an area of its own, a browser would leave the page to show the file.
 * @returns whether something is held over the page
 */
function useDrop(onDrop: (items: DataTransferItemList) => void): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(onDrop);
  latest.current = onDrop;
  useEffect(() => {
    const hold = (event: DragEvent) => {
      event.preventDefault();
      setOver(true);
    };
    const leave = ({ relatedTarget }: DragEvent) => setOver(relatedTarget !== null);
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      latest.current(event.dataTransfer!.items);
    };
    const listeners = { dragenter: hold, dragover: hold, dragleave: leave, drop } as const;
    const all = Object.entries(listeners) as [keyof typeof listeners, (event: DragEvent) => void][];
    for (const [type, listener] of all) window.addEventListener(type, listener);
    return () => {
      for (const [type, listener] of all) window.removeEventListener(type, listener);
    };
  }, []);
  return over;
}
