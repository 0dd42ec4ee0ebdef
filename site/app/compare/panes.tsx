/** Pictures side by side that are enlarged and moved together. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Moves all panes to where one of them is moved. */
export function Panes({ children }: { readonly children: ComponentChildren }) {
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
    <div class="panes" ref={panes} onScrollCapture={moved}>
      {children}
    </div>
  );
}

export interface PaneProps {
  readonly label: string;
  /** How many times as large as its pane the picture is. */
  readonly zoom: number;
  /** The size of the picture, whose proportions the pane has. */
  readonly width: number;
  readonly height: number;
  readonly children: ComponentChildren;
}

/** One picture; what is larger than its pane is moved by the keyboard, too. */
export function Pane({ label, zoom, width, height, children }: PaneProps) {
  const style = { '--zoom': zoom, 'aspect-ratio': `${width} / ${height}` };
  const isLarger = zoom > 1;
  const pane = useRef<HTMLElement>(null);
  // Which part of the picture is in the middle of the pane, across and down: it stays there when the picture grows.
  const middle = useRef<readonly [number, number]>([0.5, 0.5]);
  const moved = () => {
    const { scrollLeft, scrollTop, scrollWidth, scrollHeight, clientWidth, clientHeight } = pane.current!;
    middle.current = [(scrollLeft + clientWidth / 2) / scrollWidth, (scrollTop + clientHeight / 2) / scrollHeight];
  };
  useLayoutEffect(() => {
    const { scrollWidth, scrollHeight, clientWidth, clientHeight } = pane.current!;
    const [across, down] = middle.current;
    const [left, top] = [across * scrollWidth - clientWidth / 2, down * scrollHeight - clientHeight / 2];
    pane.current!.scrollTo({ left, top, behavior: 'instant' });
  }, [zoom]);
  return (
    <section
      ref={pane}
      onScroll={moved}
      class={`pane ${isLarger ? 'moved' : ''}`}
      style={style}
      aria-label={isLarger ? label : undefined}
      tabIndex={isLarger ? 0 : undefined}
    >
      {children}
    </section>
  );
}
