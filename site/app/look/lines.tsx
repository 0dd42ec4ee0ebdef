/** A list of what was found, of which the first lines are shown and the rest unfolds. */
import { grouped } from '../../../src/base/quantities.js';
import { Details } from '../ui/index.js';

/** How many lines are shown unasked. */
const SHOWN = 5;

export interface LinesProps {
  readonly id: string;
  readonly title: string;
  /** What they mean, and what to do. */
  readonly help: string;
  readonly lines: readonly string[];
  readonly tone: 'plain' | 'warn' | 'bad';
}

/** Nothing, where there are no lines. */
export function Lines({ id, title, help, lines, tone }: LinesProps) {
  if (lines.length === 0) return null;
  return (
    <div class={`found ${tone}`} id={id}>
      <h3>{title}</h3>
      <p class="hint">{help}</p>
      <List lines={lines.slice(0, SHOWN)} />
      {lines.length > SHOWN && (
        <Details summary={`${grouped(lines.length - SHOWN)} more`}>
          <List lines={lines.slice(SHOWN)} />
        </Details>
      )}
    </div>
  );
}

function List({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul class="lines">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
