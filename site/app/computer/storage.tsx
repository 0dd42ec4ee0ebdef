/** What the page stores on this computer, and how to be rid of it. */
import { memorySize } from '../../../src/base/quantities.js';
import { Button, Status } from '../ui/index.js';

export interface StorageProps {
  /** null where the browser does not say. */
  readonly bytes: number | null;
  /** What came of deleting it. */
  readonly said: string | null;
  readonly onForget: () => void;
}

export function Storage({ bytes, said, onForget }: StorageProps) {
  return (
    <section class="part" aria-labelledby="storage-title">
      <h3 id="storage-title">What is stored here</h3>
      <p id="stored">
        {bytes === null ? 'The page stores' : `${memorySize(bytes)}:`} its own files, to work without a network, and
        your trainings with their images, to go on after the tab was closed. There are no cookies.
      </p>
      <div class="row">
        <Button id="forget" kind="danger" onClick={onForget}>
          Delete all of it
        </Button>
        <Status id="forgotten">{said}</Status>
      </div>
    </section>
  );
}
