/** The beginning: a folder, a few images, a model, one of the samples, or nothing but the phantom. */
import type { ComponentChildren } from 'preact';
import type { Progress as Work } from '../../../src/app/observer.js';
import { grouped } from '../../../src/base/quantities.js';
import type { DroppedFile } from '../../engine/protocol.js';
import { Button, ErrorLine, Progress, Section, Status } from '../ui/index.js';
import { DropArea } from './drop-area.js';
import { type Sample, Samples } from './samples.js';

export interface OpenProps {
  /** What is being read, and how far it is; null while nothing is. */
  readonly reading: { readonly name: string; readonly progress: Work | null } | null;
  /** What was opened last, in a sentence. */
  readonly opened: string | null;
  readonly error: string | null;
  readonly samples: readonly Sample[];
  /** Files with their paths below `name`, the folder they were in. */
  readonly onFiles: (name: string, files: readonly DroppedFile[]) => void;
  readonly onPhantom: () => void;
  readonly onSample: (id: string) => void;
  /** What was opened, to be looked through. */
  readonly children?: ComponentChildren;
}

export function OpenPanel({ reading, opened, error, samples, onFiles, onPhantom, onSample, children }: OpenProps) {
  return (
    <Section
      id="open"
      step={1}
      title="Open"
      lead="Begin with images of your own, with a sample, or with nothing at all."
    >
      <div class="open-ways">
        <div class="open-own">
          <DropArea disabled={reading !== null} onFiles={onFiles} />
          {reading && <Progress label={`Reading ${reading.name}`} {...howFar(reading.progress)} />}
          <ErrorLine id="open-error">{error}</ErrorLine>
          <Status id="open-status" tone="good">
            {opened}
          </Status>
          <Kinds />
        </div>
        <div class="open-others">
          <Samples samples={samples} disabled={reading !== null} onSample={onSample} />
          <div class="open-phantom">
            <h3>No images at hand?</h3>
            <p class="hint">The phantom draws heads with lesions, with true masks, and never the same head twice.</p>
            <Button id="phantom" onClick={onPhantom} disabled={reading !== null}>
              Begin with the phantom
            </Button>
          </div>
        </div>
      </div>
      {children}
    </Section>
  );
}

function howFar(progress: Work | null): { done: number; total: number; text: string } | undefined {
  if (!progress) return undefined;
  const { done, total } = progress;
  return { done, total, text: `${grouped(done)} of ${grouped(total)}` };
}

/** What a drop does depends on what is in it. */
const KINDS = [
  ['A folder with images/ and masks/', 'is checked, then a network is trained on it'],
  ['Images alone', 'are segmented: PNG, JPEG, TIFF, NIfTI, DICOM'],
  ['model.safetensors', 'is opened, to segment with'],
] as const;

function Kinds() {
  return (
    <dl class="kinds">
      {KINDS.map(([what, effect]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{effect}</dd>
        </div>
      ))}
    </dl>
  );
}
