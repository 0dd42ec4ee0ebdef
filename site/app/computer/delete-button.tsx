/** A button that deletes once it was confirmed, in its own place. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../ui/index.js';

export interface DeleteButtonProps {
  readonly id?: string;
  /** What is deleted: a name, or `everything`. */
  readonly what: string;
  readonly onDelete: () => Promise<void>;
}

export function DeleteButton({ id, what, onDelete }: DeleteButtonProps) {
  const place = useRef<HTMLSpanElement>(null);
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const wasAsked = useRef(false);
  // The button that had the focus is gone: it goes to the one that does no harm, and comes back.
  useLayoutEffect(() => {
    if (asked !== wasAsked.current) place.current?.querySelector<HTMLButtonElement>('button:last-of-type')?.focus();
    wasAsked.current = asked;
  }, [asked]);
  const remove = async () => {
    setBusy(true);
    await onDelete();
    setBusy(false);
    setAsked(false);
  };
  return (
    <span ref={place} class="delete">
      {asked ? (
        <>
          <Button kind="danger" onClick={remove} busy={busy} label={`Delete ${what} for good`}>
            Delete for good
          </Button>
          <Button kind="quiet" onClick={() => setAsked(false)} label={`Keep ${what}`}>
            Keep
          </Button>
        </>
      ) : (
        <Button
          id={id}
          kind={what === 'everything' ? 'plain' : 'quiet'}
          onClick={() => setAsked(true)}
          label={`Delete ${what}`}
        >
          {what === 'everything' ? 'Delete everything' : 'Delete'}
        </Button>
      )}
    </span>
  );
}
