/** Buttons, and links and file inputs that look like them. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

/** One `primary` a section; `quiet` for what is rarely wanted, `danger` for what cannot be undone. */
export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger';

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly kind?: ButtonKind;
  readonly id?: string;
  readonly disabled?: boolean;
  /** Work that it began goes on: it cannot be pressed, and keeps the focus. */
  readonly busy?: boolean;
  /** For a button that switches something on and off. */
  readonly pressed?: boolean;
  /** A name for those who do not see it, where the text alone does not say what it does. */
  readonly label?: string;
}

export function Button({ children, onClick, kind = 'plain', id, disabled, busy, pressed, label }: ButtonProps) {
  return (
    <button
      type="button"
      id={id}
      class={`button ${kind}`}
      disabled={disabled}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      aria-pressed={pressed}
      aria-label={label}
      onClick={busy ? undefined : onClick}
    >
      {children}
    </button>
  );
}

export interface FileButtonProps {
  /** What is chosen: `Choose files`. */
  readonly children: ComponentChildren;
  /** The id of the input. */
  readonly id: string;
  readonly onFiles: (files: readonly File[]) => void;
  /** A folder with all that is in it, in place of single files. */
  readonly folder?: boolean;
  /** What the input accepts, as its attribute says it; everything where it is left out. */
  readonly accept?: string;
  readonly disabled?: boolean;
}

/** A file input. What was chosen can be chosen again: the input forgets it. */
export function FileButton({ children, id, onFiles, folder, accept, disabled }: FileButtonProps) {
  const changed = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length > 0) onFiles(files);
  };
  return (
    <label class="button plain file-button">
      {children}
      <input
        type="file"
        id={id}
        multiple
        accept={accept}
        disabled={disabled}
        {...(folder ? { webkitdirectory: true } : {})}
        onChange={changed}
      />
    </label>
  );
}

/** Copies a text, and says that it has. Without the right to the clipboard it selects `target`, for the keys to copy. */
export function CopyButton({ text, target, children }: CopyButtonProps) {
  const [said, say] = useState<string | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say('Copied');
    } catch {
      const element = document.getElementById(target);
      if (element) getSelection()?.selectAllChildren(element);
      say('Selected: copy it with the keyboard');
    }
  };
  return (
    <>
      <Button onClick={copy}>{children}</Button>
      <span class="said" role="status">
        {said}
      </span>
    </>
  );
}

export interface CopyButtonProps {
  readonly text: string;
  /** The id of the element that shows the text. */
  readonly target: string;
  readonly children: ComponentChildren;
}
