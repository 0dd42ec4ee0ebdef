/** The colours of classes, as masks are drawn in. */
import { classColour } from '../../src/report/colours.js';

export interface LegendProps {
  /** Without the background. */
  readonly classNames: readonly string[];
}

export function Legend({ classNames }: LegendProps) {
  return (
    <ul class="legend" aria-label="Classes">
      {classNames.map((name, k) => (
        <li key={name}>
          <span class="swatch" style={{ background: `rgb(${classColour(k + 1).join(' ')})` }} />
          {name}
        </li>
      ))}
    </ul>
  );
}
