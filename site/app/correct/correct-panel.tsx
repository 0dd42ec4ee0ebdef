/** Correcting masks with a brush, keeping what was corrected, and training on it. */
import { plural } from '../../../src/base/quantities.js';
import type { Image } from '../../../src/image/image.js';
import { Button, Empty, Section } from '../ui/index.js';
import { useLater } from '../ui/later.js';
import type { Correctable } from './painting.js';

/** As few images as can be trained on: one to learn from, one to validate on. */
const FEWEST = 2;

export interface CorrectProps {
  /** null while no image has been segmented. */
  readonly subject: Correctable | null;
  /** How many images have been corrected. */
  readonly kept: number;
  /** Something else is computed, so that no training can begin. */
  readonly busy: boolean;
  /** Keeps a corrected mask: 0 = background, else the number of the class. What it throws is shown. */
  readonly onKeep: (mask: Image<Uint8Array>) => Promise<void>;
  readonly onTrain: () => void;
}

export function CorrectPanel({ subject, kept, busy, onKeep, onTrain }: CorrectProps) {
  const painting = useLater(() => import('./painting.js'), subject !== null);
  return (
    <Section
      id="correct"
      step={6}
      title="Correct"
      lead="Paint where the mask is wrong, and train on what you corrected: a few such images teach a network what it does not know yet."
    >
      {painting && subject ? (
        <painting.Painting key={subject.id} subject={subject} onKeep={onKeep} />
      ) : (
        <Empty>Nothing to correct yet: segment an image first.</Empty>
      )}
      {kept > 0 && (
        <div class="row">
          <Button id="train-corrected" onClick={onTrain} disabled={busy || kept < FEWEST}>
            Train on the {plural(kept, 'corrected image')}
          </Button>
          <p class="hint">
            {kept < FEWEST
              ? 'Correct one more: training takes two images at least, one to learn from and one to validate on.'
              : 'They stay in this browser, as a data set.'}
          </p>
        </div>
      )}
    </Section>
  );
}
