/** What one output makes of the image. */
import { useCallback, useMemo } from 'preact/hooks';
import { percent } from '../../../src/base/quantities.js';
import type { Image } from '../../../src/image/image.js';
import type { HeadView } from '../../engine/protocol.js';
import { outputName, score, time } from '../words.js';
import { drawn, markedShare, maskOf } from './drawing.js';
import { MaskCanvas } from './mask-canvas.js';
import { Pane } from './panes.js';

export interface HeadFigureProps {
  readonly picture: Image<Uint8Array>;
  readonly head: HeadView;
  readonly threshold: number;
  /** The word beside the name of an output that is marked. */
  readonly mark: string | undefined;
}

export function HeadFigure({ picture, head, threshold, mark }: HeadFigureProps) {
  const { width, height, classes, mode, dice, milliseconds } = head;
  const mask = useMemo(() => maskOf(head, threshold), [head, threshold]);
  const draw = useCallback(() => drawn(picture, mask, classes), [picture, mask, classes]);
  const name = outputName(mode);
  const marked = `${percent(markedShare(mask))} marked`;
  const label = [
    `The mask of ${mode === 'accurate' ? 'the mean' : mode}`,
    marked,
    ...(classes === 1 ? [`threshold ${threshold.toFixed(2)}`] : []),
  ].join(', ');
  return (
    <figure class={`figure head ${mark ? 'marked' : ''}`} data-mode={mode}>
      <Pane label={`${name}, moved with the others`}>
        <MaskCanvas width={width} height={height} draw={draw} label={label} />
      </Pane>
      <figcaption>
        <span class="head-name">
          <strong>{name}</strong>
          {mark && <span class="badge">{mark}</span>}
        </span>
        <span class="figures">
          {dice !== null && <>Dice {score(dice)} · </>}
          {time(milliseconds)} · {marked}
        </span>
      </figcaption>
    </figure>
  );
}
