/** What the colours over a picture mean. */
import { type Colour, classColour } from '../../../src/report/colours.js';
import { COMPARISON_COLOURS } from '../../../src/report/comparison.js';

export interface LegendProps {
  readonly entries: readonly { readonly label: string; readonly colour: Colour; readonly line?: boolean }[];
}

export function Legend({ entries }: LegendProps) {
  return (
    <ul class="legend" aria-label="Colours">
      {entries.map(({ label, colour, line }) => (
        <li key={label}>
          <span class={line ? 'line' : 'patch'} style={{ background: `rgb(${colour.join()})` }} />
          {label}
        </li>
      ))}
    </ul>
  );
}

/** The classes in the colours that masks are drawn in. @param classNames without the background */
export function ClassLegend({ classNames }: { readonly classNames: readonly string[] }) {
  return <Legend entries={classNames.map((label, k) => ({ label, colour: classColour(k + 1) }))} />;
}

/** What the colours of two masks over each other mean. */
export function ComparisonLegend() {
  const entries = Object.entries(COMPARISON_COLOURS);
  return <Legend entries={entries.map(([label, colour]) => ({ label, colour, line: label.endsWith('outline') }))} />;
}
