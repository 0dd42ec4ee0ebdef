/** What the page says while it works: how far it has come, that something is done, what went wrong. */
import type { ComponentChildren } from 'preact';

export interface ProgressProps {
  /** What is going on: `Reading images`. */
  readonly label: string;
  /** Between 0 and `total`; left out where nobody knows how long it takes. */
  readonly done?: number;
  readonly total?: number;
  /** How far it is in words: `12 of 500 images, 3 s left`. */
  readonly text?: ComponentChildren;
}

/** Progress is not read aloud at each step; those who listen ask for it, and hear of the end by a `Status`. */
export function Progress({ label, done, total = 1, text }: ProgressProps) {
  return (
    <div class="progress">
      <div class="progress-text">
        <span>{label}</span>
        <span class="figures">{text}</span>
      </div>
      <progress aria-label={label} max={total} value={done} />
    </div>
  );
}

export interface StatusProps {
  readonly children?: ComponentChildren;
  readonly id?: string;
  readonly tone?: 'plain' | 'good' | 'warn';
}

/** A line that is read aloud when its text changes. It stays on the page while it is empty, else its first text is missed. */
export function Status({ children, id, tone = 'plain' }: StatusProps) {
  return (
    <p id={id} class={`status ${tone}`} role="status">
      {children}
    </p>
  );
}

/** An error in the library's words, beside what it is about; read aloud at once. */
export function ErrorLine({ children, id }: { readonly children?: ComponentChildren; readonly id?: string }) {
  return (
    <div role="alert" id={id}>
      {children && <p class="error-line">{children}</p>}
    </div>
  );
}

/** Something worth knowing that is no error. */
export function Notice({ children }: { readonly children: ComponentChildren }) {
  return <p class="notice">{children}</p>;
}
