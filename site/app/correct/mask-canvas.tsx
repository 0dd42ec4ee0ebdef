/** The picture that is painted on, by pointer and by keys. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { grouped } from '../../../src/base/quantities.js';
import type { Image } from '../../../src/image/image.js';
import type { Pixel } from './brush.js';
import type { Area } from './edit.js';
import { listen } from './gestures.js';
import { type Action, actionOf } from './keys.js';
import type { Brush, MaskEditor } from './mask-editor.js';
import { Screen } from './screen.js';

export type Tool = 'paint' | 'erase' | 'move';

export interface MaskCanvasProps {
  readonly name: string;
  /** RGB, of the mask's size. */
  readonly image: Image<Uint8Array>;
  readonly editor: MaskEditor;
  readonly classNames: readonly string[];
  readonly tool: Tool;
  readonly brush: Brush;
  /** Of the insides of the mask, from 0 to 1. */
  readonly opacity: number;
  readonly shown: boolean;
  /** A stroke has ended, with what it changed. */
  readonly onEdit: (area: Area | undefined) => void;
  /** Keys that are not the picture's own: those for the brush, and for undo. */
  readonly onAction: (action: Action) => void;
  /** Where the screen is that shows it, so that buttons can draw it anew, too. */
  readonly onScreen: (screen: Screen | null) => void;
}

export function MaskCanvas(props: MaskCanvasProps) {
  const { name, image, editor, classNames, tool, brush, opacity, shown } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const screen = useRef<Screen | null>(null);
  const [where, tell] = useState('');
  // Where the keys have moved the brush to; it is there again when the picture has the focus again.
  const byKeys = useRef<Pixel | null>(null);
  // Listeners are added once, and ask for what holds now.
  const now = useRef(props);
  now.current = props;

  useLayoutEffect(() => {
    const made = new Screen(canvas.current!, image, editor.mask);
    screen.current = made;
    now.current.onScreen(made);
    made.resize();
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(canvas.current!);
    const leave = new AbortController();
    const hover = (at: Pixel | null) => {
      made.brush = at;
      made.changed();
    };
    listen(
      canvas.current!,
      {
        begin: (at) => made.changed(editor.begin(now.current.brush, made.pixel(at))),
        move: (way) => {
          for (const at of way) made.changed(editor.moveTo(made.pixel(at)));
        },
        end: () => now.current.onEdit(editor.end()),
        cancel: () => made.changed(editor.cancel()),
        hover: (at) => hover(at && now.current.tool !== 'move' ? made.pixel(at) : null),
        pan: (by) => made.pan(by),
        zoom: (factor, at) => made.zoom(factor, at),
        pans: () => now.current.tool === 'move',
      },
      leave.signal,
    );
    return () => {
      leave.abort();
      watch.disconnect();
      made.close();
      now.current.onScreen(null);
    };
  }, [image, editor]);

  useEffect(() => {
    screen.current?.look({ opacity, shown, radius: brush.radius });
  }, [image, editor, opacity, shown, brush.radius]);

  const pressed = (event: KeyboardEvent) => {
    const action = actionOf(event);
    const made = screen.current;
    if (!action || !made) return;
    event.preventDefault();
    if (action.kind === 'zoom') return made.zoom(action.factor);
    if (action.kind === 'fit') return made.fit();
    if (action.kind !== 'move' && action.kind !== 'dab') return props.onAction(action);
    const from = inside(made.brush ?? byKeys.current ?? { x: image.width >> 1, y: image.height >> 1 }, image);
    const by = action.kind === 'move' ? action : { x: 0, y: 0 };
    const to = inside({ x: from.x + by.x * made.step, y: from.y + by.y * made.step }, image);
    if (action.kind === 'dab' || action.paints) {
      editor.begin(brush, from);
      editor.moveTo(to);
      props.onEdit(editor.end());
    }
    made.brush = byKeys.current = to;
    made.follow();
    const label = editor.mask.data[to.y * image.width + to.x]!;
    tell(`Column ${grouped(to.x)}, row ${grouped(to.y)}: ${['background', ...classNames][label] ?? `class ${label}`}`);
  };

  return (
    <div class="mask-picture">
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: what takes the arrow keys itself is an application to readers of screens */}
      <canvas
        ref={canvas}
        id="correct-canvas"
        class={`mask-canvas ${tool}`}
        role="application"
        tabIndex={0}
        aria-label={`Mask of ${name}, ${grouped(image.width)} by ${grouped(image.height)} pixels`}
        aria-describedby="correct-keys"
        onKeyDown={pressed}
        onBlur={() => {
          if (screen.current) screen.current.brush = null;
          screen.current?.changed();
        }}
      />
      <p class="mask-where" role="status">
        {where}
      </p>
    </div>
  );
}

function inside({ x, y }: Pixel, { width, height }: Image): Pixel {
  return { x: Math.min(width - 1, Math.max(0, x)), y: Math.min(height - 1, Math.max(0, y)) };
}
