/** A line chart whose lines are named at their ends. */

import { type Curve, plotOf } from '../../../src/report/curve-plot.js';
import { useWidth } from '../ui/width.js';
import { score } from '../words.js';

export interface ChartProps {
  readonly title: string;
  /** What stands beside the title. */
  readonly note?: string;
  readonly curves: readonly Curve[];
  /** The epoch at the right border. */
  readonly xHigh: number;
  readonly include: readonly number[];
  /** The room for the names of the lines, in pixels. */
  readonly labelWidth: number;
  /** What is seen, for those who do not see it. */
  readonly label: string;
}

const HEIGHT = 220;

export function Chart({ title, note, curves, xHigh, include, labelWidth, label }: ChartProps) {
  const [element, width] = useWidth();
  const size = { width, height: HEIGHT, right: labelWidth };
  const { left, right, bottom, xTicks, yTicks, lines } = plotOf(curves, size, [0, xHigh], include);
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        {note && <span class="hint">{note}</span>}
      </figcaption>
      <div ref={element} style={{ height: `${HEIGHT}px` }}>
        {width > 0 && (
          <svg width={width} height={HEIGHT} role="img" aria-label={label}>
            {yTicks.map(({ at, label: text }) => (
              <g key={text} class="tick">
                <line x1={left} x2={right} y1={at} y2={at} />
                <text x={left - 8} y={at} dy="0.32em" text-anchor="end">
                  {text}
                </text>
              </g>
            ))}
            {xTicks.map(({ at, label: text }) => (
              <text key={text} x={at} y={bottom + 17} text-anchor="middle">
                {text}
              </text>
            ))}
            <text x={width} y={bottom + 17} text-anchor="end">
              epoch
            </text>
            {lines.map(({ style, path }) => (
              <path key={style} class={`curve ${style}`} d={path} />
            ))}
            {lines.map(({ label: name, style, end }) =>
              name !== '' && end ? (
                <g key={style} class={`curve-end ${style}`}>
                  <circle cx={end.x} cy={end.y} r="3.5" />
                  <text x={right + 10} y={end.labelY} dy="0.32em">
                    {name} {score(end.value)}
                  </text>
                </g>
              ) : null,
            )}
          </svg>
        )}
      </div>
    </figure>
  );
}
