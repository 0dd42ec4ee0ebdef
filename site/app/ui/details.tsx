/** What only some want to read: folded until it is opened. */
import type { ComponentChildren } from 'preact';

export interface DetailsProps {
  readonly summary: ComponentChildren;
  readonly children: ComponentChildren;
  readonly open?: boolean;
}

export function Details({ summary, children, open }: DetailsProps) {
  return (
    <details class="details" open={open}>
      <summary>{summary}</summary>
      <div class="details-body">{children}</div>
    </details>
  );
}
