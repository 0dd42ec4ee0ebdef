/** What one output makes of the image. */
import { useCallback, useMemo } from 'preact/hooks';
import { percent } from '../../../src/base/quantities.js';
import type { Image } from '../../../src/image/image.js';
import { comparison } from '../../../src/report/comparison.js';
import type { HeadView } from '../../engine/protocol.js';
import { outputName, score, time } from '../words.js';
import { diceWith, drawn, markedShare, maskOf } from './drawing.js';
import { MaskCanvas } from './mask-canvas.js';
import { Pane } from './panes.js';

export interface HeadFigureProps {
  readonly picture: Image<Uint8Array>;
  /** The true mask, of the size of the picture; null where none is known. */
  readonly truth: Image<Uint8Array> | null;
  /** Whether it is drawn where mask and truth differ, in place of the mask. */
  readonly differences: boolean;
  readonly head: HeadView;
  readonly threshold: number;
  readonly zoom: number;
  /** The word beside the name of an output that is marked. */
  readonly mark: string | undefined;
}

export function HeadFigure({ picture, truth, differences, head, threshold, zoom, mark }: HeadFigureProps) {
  const { classes, mode, milliseconds } = head;
  const { width, height } = picture;
  const mask = useMemo(() => maskOf(head, threshold, { width, height }), [head, threshold, width, height]);
  const draw = useCallback(
    () => (differences && truth ? comparison(picture, truth, mask) : drawn(picture, mask, classes)),
    [picture, truth, differences, mask, classes],
  );
  // At the threshold that is shown, where it can be counted here.
  const dice = truth && classes === 1 ? diceWith(mask, truth) : head.dice;
  const name = outputName(mode);
  const marked = `${percent(markedShare(mask))} marked`;
  const label = [
    `The mask of ${mode === 'accurate' ? 'the mean' : mode}`,
    marked,
    ...(classes === 1 ? [`threshold ${threshold.toFixed(2)}`] : []),
    ...(dice === null ? [] : [`Dice ${score(dice)}`]),
  ].join(', ');
  return (
    <figure class={`figure head ${mark ? 'marked' : ''}`} data-mode={mode}>
      <Pane label={`${name}, moved with the others`} zoom={zoom} width={width} height={height}>
        <MaskCanvas width={width} height={height} draw={draw} label={label} />
      </Pane>
      <figcaption>
        <span class="head-name">
          <strong>{name}</strong>
          {mark && <span class="badge">{mark}</span>}
        </span>
        <span class="figures">
          {dice !== null && <>Dice {score(dice)} · </>}
          {time(milliseconds)}
        </span>
        <span class="figures">{marked}</span>
      </figcaption>
    </figure>
  );
}
