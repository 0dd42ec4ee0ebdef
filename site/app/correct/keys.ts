/** What the keys do while the picture has the focus, so that a mask is corrected without a mouse. */

export type Action =
  /** The brush moves by steps, and paints on its way. */
  | { readonly kind: 'move'; readonly x: number; readonly y: number; readonly paints: boolean }
  | { readonly kind: 'dab' }
  | { readonly kind: 'radius'; readonly by: 1 | -1 }
  | { readonly kind: 'class'; readonly label: number }
  | { readonly kind: 'erase' }
  | { readonly kind: 'hide' }
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'fit' }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' };

/** How much larger a press of a key, or a step of the wheel, shows the picture. */
export const ZOOM_STEP = 1.25;

const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const KEYS: Readonly<Record<string, Action>> = {
  ' ': { kind: 'dab' },
  '[': { kind: 'radius', by: -1 },
  ']': { kind: 'radius', by: 1 },
  e: { kind: 'erase' },
  h: { kind: 'hide' },
  '+': { kind: 'zoom', factor: ZOOM_STEP },
  '=': { kind: 'zoom', factor: ZOOM_STEP },
  '-': { kind: 'zoom', factor: 1 / ZOOM_STEP },
  '0': { kind: 'fit' },
};

export type Keys = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** The action of a key; undefined for keys that are the browser's. */
export function actionOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Keys): Action | undefined {
  if (altKey) return undefined;
  if (ctrlKey || metaKey) {
    if (key.toLowerCase() === 'z') return { kind: shiftKey ? 'redo' : 'undo' };
    return key.toLowerCase() === 'y' ? { kind: 'redo' } : undefined;
  }
  const arrow = ARROWS[key];
  if (arrow) return { kind: 'move', x: arrow[0], y: arrow[1], paints: shiftKey };
  if (/^[1-9]$/.test(key)) return { kind: 'class', label: Number(key) };
  return KEYS[key.toLowerCase()];
}

/** The next smaller or larger radius: steps of a pixel for small brushes, of a fifth for large ones. */
export function nextRadius(radius: number, by: 1 | -1, most: number): number {
  const step = Math.max(1, Math.round(radius / 5));
  return Math.min(most, Math.max(1, radius + by * step));
}
