/** Pictures side by side that are enlarged and moved together. */
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

export interface PanesProps {
  /** How many times as wide as its pane each picture is. */
  readonly zoom: number;
  readonly children: ComponentChildren;
}

export function Panes({ zoom, children }: PanesProps) {
  const panes = useRef<HTMLDivElement>(null);
  const moved = (event: Event) => {
    const from = event.target as HTMLElement;
    for (const pane of panes.current!.querySelectorAll<HTMLElement>('.pane')) {
      // The panes that are moved here tell of it, too, and find the others where they are.
      if (pane === from || (pane.scrollLeft === from.scrollLeft && pane.scrollTop === from.scrollTop)) continue;
      pane.scrollTo({ left: from.scrollLeft, top: from.scrollTop, behavior: 'instant' });
    }
  };
  return (
    <div class="panes" ref={panes} style={{ '--zoom': zoom }} onScrollCapture={moved}>
      {children}
    </div>
  );
}

/** One picture; what is larger than its pane is moved by the keyboard, too. */
export function Pane({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="pane" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
