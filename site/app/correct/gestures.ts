/** Mouse, pen and fingers on the picture: one paints, two move and enlarge it, and so does the wheel. */
import { ZOOM_STEP } from './keys.js';
import type { Point } from './view.js';

export interface Gestures {
  /** Points are those of the page. The brush is set down, moved, lifted, or was not meant. */
  readonly begin: (at: Point) => void;
  readonly move: (way: readonly Point[]) => void;
  readonly end: () => void;
  readonly cancel: () => void;
  /** The pointer is over the picture, or has left it. */
  readonly hover: (at: Point | null) => void;
  readonly pan: (by: Point) => void;
  readonly zoom: (factor: number, around: Point) => void;
  /** Whether the main button moves the picture, too. */
  readonly pans: () => boolean;
}

type Mode = 'paint' | 'pan' | 'pinch' | 'none';

/** How far the wheel turns for one step, in its units: pixels, lines, pages. */
const WHEEL_STEP = [100, 3, 1];

/** Listens until `signal` is aborted. */
export function listen(canvas: HTMLCanvasElement, gestures: Gestures, signal: AbortSignal): void {
  const fingers = new Map<number, Point>();
  let mode: Mode = 'none';
  const on = <Type extends keyof HTMLElementEventMap>(
    type: Type,
    listener: (event: HTMLElementEventMap[Type]) => void,
  ) => {
    canvas.addEventListener(type, listener, { signal, passive: false });
  };

  on('pointerdown', (event) => {
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, pointOf(event));
    if (fingers.size === 2) {
      if (mode === 'paint') gestures.cancel();
      mode = 'pinch';
    } else if (fingers.size === 1) {
      mode = event.button === 0 && !gestures.pans() ? 'paint' : 'pan';
      if (mode === 'paint') gestures.begin(pointOf(event));
    }
  });

  on('pointermove', (event) => {
    const before = fingers.get(event.pointerId);
    if (event.pointerType !== 'touch') gestures.hover(pointOf(event));
    if (!before) return;
    if (mode === 'paint') gestures.move(wayOf(event));
    if (mode === 'pan') gestures.pan(difference(pointOf(event), before));
    if (mode === 'pinch') pinch(event, before);
    fingers.set(event.pointerId, pointOf(event));
  });

  /** The picture follows both fingers: each moves it by half its way, and their distance is its size. */
  const pinch = (event: PointerEvent, before: Point) => {
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (!other) return;
    const now = pointOf(event);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    const way = difference(now, before);
    gestures.pan({ x: way.x / 2, y: way.y / 2 });
    gestures.zoom(distance(now, other) / Math.max(1, distance(before, other)), middle);
  };

  const lift = (event: PointerEvent) => {
    fingers.delete(event.pointerId);
    if (mode === 'paint') (event.type === 'pointercancel' ? gestures.cancel : gestures.end)();
    // The finger that is left after a pinch paints nothing.
    mode = 'none';
  };
  on('pointerup', lift);
  on('pointercancel', lift);
  on('pointerleave', () => gestures.hover(null));
  on('contextmenu', (event) => event.preventDefault());

  // Without the focus the wheel is the page's, lest the page stands still where it is scrolled past a picture; browsers
  // report two fingers on a touchpad as the wheel with Ctrl.
  on('wheel', (event) => {
    if (!event.ctrlKey && document.activeElement !== canvas) return;
    event.preventDefault();
    const steps = Math.min(4, Math.max(-4, event.deltaY / WHEEL_STEP[event.deltaMode]!));
    gestures.zoom(ZOOM_STEP ** -steps, pointOf(event));
  });
}

/** All points since the last event, of which a fast stroke has several. */
function wayOf(event: PointerEvent): Point[] {
  const events = event.getCoalescedEvents?.() ?? [];
  return (events.length > 0 ? events : [event]).map(pointOf);
}

function pointOf({ clientX, clientY }: MouseEvent): Point {
  return { x: clientX, y: clientY };
}

function difference(a: Point, b: Point): Point {
  return { x: a.x - b.x, y: a.y - b.y };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
