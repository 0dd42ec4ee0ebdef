/** The picture with its tools: a brush, undo, zoom, and keeping what was painted. */
import { useMemo, useRef, useState } from 'preact/hooks';
import type { Image } from '../../../src/image/image.js';
import { Button, CheckField, ClassLegend, Details, ErrorLine, Segmented, Slider, Status } from '../ui/index.js';
import { MAX_RADIUS } from './brush.js';
import type { Area } from './edit.js';
import { KeyList } from './key-list.js';
import { type Action, nextRadius } from './keys.js';
import { MaskCanvas, type Tool } from './mask-canvas.js';
import { MaskEditor } from './mask-editor.js';
import type { Screen } from './screen.js';
import { Steps } from './steps.js';

/** What is corrected: an image with the mask that the network made of it. */
export interface Correctable {
  /** What tells it from others: another one begins anew. */
  readonly id: string;
  readonly name: string;
  /** RGB. */
  readonly image: Image<Uint8Array>;
  /** 0 = background, else the number of the class; of the image's size. */
  readonly prediction: Image<Uint8Array>;
  /** Without the background. */
  readonly classNames: readonly string[];
}

const TOOLS = [
  { value: 'paint', label: 'Paint' },
  { value: 'erase', label: 'Erase' },
  { value: 'move', label: 'Move' },
] as const;

export interface PaintingProps {
  readonly subject: Correctable;
  readonly onKeep: (mask: Image<Uint8Array>) => Promise<void>;
}

export function Painting({ subject, onKeep }: PaintingProps) {
  const { name, image, prediction, classNames } = subject;
  const editor = useMemo(() => new MaskEditor(prediction), [prediction]);
  const screen = useRef<Screen | null>(null);
  const [tool, setTool] = useState<Tool>('paint');
  const [label, setLabel] = useState(1);
  const [radius, setRadius] = useState(() => firstRadius(image));
  const [opacity, setOpacity] = useState(0.25);
  const [shown, setShown] = useState(true);
  // Strokes are counted, so that what can be undone, and whether all of it is kept, is seen.
  const [strokes, setStrokes] = useState(0);
  const [keptAt, setKeptAt] = useState<number | null>(null);
  const [keeping, setKeeping] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const edited = (area: Area | undefined) => {
    screen.current?.changed(area);
    if (area) setStrokes((count) => count + 1);
  };
  const act = (action: Action) => {
    if (action.kind === 'undo') edited(editor.undo());
    if (action.kind === 'redo') edited(editor.redo());
    if (action.kind === 'radius') setRadius(nextRadius(radius, action.by, MAX_RADIUS));
    if (action.kind === 'erase') setTool(tool === 'erase' ? 'paint' : 'erase');
    if (action.kind === 'hide') setShown(!shown);
    if (action.kind === 'class' && action.label <= classNames.length) {
      setTool('paint');
      setLabel(action.label);
    }
  };
  const keep = async () => {
    setFault(null);
    setKeeping(true);
    try {
      await onKeep({ ...editor.mask, data: editor.mask.data.slice() });
      setKeptAt(strokes);
    } catch (error) {
      setFault((error as Error).message);
    } finally {
      setKeeping(false);
    }
  };
  return (
    <div class="painting">
      <div class="painting-tools">
        <Segmented id="correct-tool" label="Tool" value={tool} choices={TOOLS} onChange={setTool} />
        {classNames.length > 1 && (
          <>
            <Segmented
              id="correct-class"
              label="Class"
              value={String(label)}
              choices={classNames.map((name, k) => ({ value: String(k + 1), label: name }))}
              onChange={(value) => setLabel(Number(value))}
            />
            <ClassLegend classNames={classNames} />
          </>
        )}
      </div>
      <div class="painting-picture">
        <MaskCanvas
          name={name}
          image={image}
          editor={editor}
          classNames={classNames}
          tool={tool}
          brush={{ label: tool === 'erase' ? 0 : label, radius }}
          opacity={opacity}
          shown={shown}
          onEdit={edited}
          onAction={act}
          onScreen={(made) => {
            screen.current = made;
          }}
        />
        <Steps editor={editor} screen={screen} prediction={prediction} onEdit={edited} />
      </div>
      <div class="painting-looks">
        <Slider
          id="correct-radius"
          label="Brush"
          min={1}
          max={MAX_RADIUS}
          step={1}
          value={radius}
          text={`${2 * radius - 1} px`}
          onInput={setRadius}
        />
        <Slider
          id="correct-opacity"
          label="Fill of the mask"
          min={0}
          max={100}
          step={5}
          value={Math.round(100 * opacity)}
          text={`${Math.round(100 * opacity)}%`}
          onInput={(value) => setOpacity(value / 100)}
        />
        <CheckField id="correct-shown" label="Show the mask" checked={shown} onChange={setShown} />
      </div>
      <div class="painting-end">
        <div class="row">
          <Button id="correct-keep" kind="primary" onClick={keep} busy={keeping}>
            Keep this correction
          </Button>
          <Status id="correct-status" tone={keptAt === strokes ? 'good' : 'plain'}>
            {keptAt === null ? '' : keptAt === strokes ? 'Kept.' : 'Changed since it was kept.'}
          </Status>
        </div>
        <ErrorLine id="correct-error">{fault}</ErrorLine>
        <Details summary="Keys, wheel and fingers">
          <KeyList />
        </Details>
      </div>
    </div>
  );
}

/** A brush that is seen on small and on large images: a fiftieth of the shorter side. */
function firstRadius({ width, height }: Image): number {
  return Math.min(MAX_RADIUS, Math.max(2, Math.round(Math.min(width, height) / 50)));
}
