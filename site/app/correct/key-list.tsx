/** What the keys, the wheel and fingers do on the picture. Readers of screens read it as the picture's description. */

const KEYS: readonly (readonly [keys: string, effect: string])[] = [
  ['Arrows', 'move the brush; with Shift they paint on the way'],
  ['Space', 'paints where the brush is'],
  ['[ and ]', 'smaller and larger brush'],
  ['E', 'between painting and erasing'],
  ['1 to 9', 'the class that is painted'],
  ['H', 'hides and shows the mask'],
  ['+, - and 0', 'zoom in, zoom out, whole image'],
  ['Ctrl+Z, Ctrl+Y', 'undo, redo'],
  ['Wheel', 'zooms once the picture was clicked'],
  ['Right button', 'moves the picture'],
  ['Two fingers', 'move and zoom the picture'],
];

export function KeyList() {
  return (
    <dl class="keys" id="correct-keys">
      {KEYS.map(([keys, effect]) => (
        <div key={keys}>
          <dt>{keys}</dt>
          <dd>{effect}</dd>
        </div>
      ))}
    </dl>
  );
}
