/** A section of the page: a landmark with its number in the order of the work, a heading and a sentence on what it is for. */
import type { ComponentChildren } from 'preact';

export interface SectionProps {
  /** The anchor of the section; its heading has the id `ID-title`. */
  readonly id: string;
  readonly title: string;
  /** Its place in the order of the work, from 1; left out for what stands beside the work. */
  readonly step?: number;
  readonly lead?: ComponentChildren;
  readonly children?: ComponentChildren;
}

export function Section({ id, title, step, lead, children }: SectionProps) {
  return (
    <section id={id} class="section" aria-labelledby={`${id}-title`}>
      <header class="section-head">
        <h2 id={`${id}-title`}>
          {step !== undefined && (
            <span class="section-step" aria-hidden="true">
              {step}
            </span>
          )}
          {title}
        </h2>
        {lead && <p class="lead">{lead}</p>}
      </header>
      <div class="section-body">{children}</div>
    </section>
  );
}

/** What a section shows while it has nothing else to show: why, and what to do first. The section then stands back. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
