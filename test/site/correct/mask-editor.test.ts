/** Correcting a mask: which pixels a stroke paints, and that what is undone comes back to the pixel. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { eachRow, type Pixel } from '../../../site/app/correct/brush.js';
import { MaskEditor } from '../../../site/app/correct/mask-editor.js';
import { Random, seedKey } from '../../../src/base/random.js';
import type { Image } from '../../../src/image/image.js';

function mask(width: number, height: number, label = 0): Image<Uint8Array> {
  return { width, height, channels: 1, data: new Uint8Array(width * height).fill(label) };
}

/** The mask as rows of characters: `.` is the background, else the label. */
function shown({ width, height, data }: Image<Uint8Array>): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from(data.subarray(y * width, (y + 1) * width), (label) => (label === 0 ? '.' : label)).join(''),
  );
}

function painted(width: number, height: number, radius: number, ...way: Pixel[]): string[] {
  const editor = new MaskEditor(mask(width, height));
  editor.begin({ label: 1, radius }, way[0]!);
  for (const at of way.slice(1)) editor.moveTo(at);
  editor.end();
  return shown(editor.mask);
}

test('a brush of radius 1 paints a pixel, and larger ones are round', () => {
  assert.equal(painted(5, 3, 1, { x: 2, y: 1 }), ['.....', '..1..', '.....']);
  assert.equal(painted(5, 5, 2, { x: 2, y: 2 }), ['.....', '.111.', '.111.', '.111.', '.....']);
  assert.equal(painted(7, 7, 3, { x: 3, y: 3 }), [
    '.......',
    '..111..',
    '.11111.',
    '.11111.',
    '.11111.',
    '..111..',
    '.......',
  ]);
});

test('between two distant points a stroke has no gap', () => {
  assert.equal(painted(8, 3, 1, { x: 0, y: 0 }, { x: 7, y: 2 }), ['11......', '..1111..', '......11']);
  assert.equal(painted(3, 6, 1, { x: 2, y: 5 }, { x: 0, y: 0 }), ['1..', '1..', '.1.', '.1.', '..1', '..1']);
  assert.equal(painted(7, 3, 2, { x: 1, y: 1 }, { x: 5, y: 1 }), ['1111111', '1111111', '1111111']);
});

test('what a stroke covers is what is near its line, for any line and radius', () => {
  const random = new Random(seedKey(5));
  const [width, height] = [40, 30];
  for (let trial = 0; trial < 200; trial++) {
    const point = () => ({ x: random.integer(60) - 10, y: random.integer(50) - 10 });
    const [a, b, radius] = [point(), point(), 1 + random.integer(12)];
    const found = mask(width, height);
    eachRow(a, b, radius, found, (y, start, end) => found.data.fill(1, y * width + start, y * width + end));
    const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const t = length === 0 ? 0 : ((x - a.x) * (b.x - a.x) + (y - a.y) * (b.y - a.y)) / length;
        const s = Math.min(1, Math.max(0, t));
        const distance = Math.hypot(x - a.x - s * (b.x - a.x), y - a.y - s * (b.y - a.y));
        if (Math.abs(distance - radius + 0.5) < 1e-9) continue;
        const where = `${JSON.stringify([a, b])}, radius ${radius}, at ${x}, ${y}`;
        assert.is(found.data[y * width + x], Number(distance < radius - 0.5), where);
      }
    }
  }
});

test('erasing takes all classes away, and a class paints over another', () => {
  const editor = new MaskEditor(mask(5, 1, 2));
  editor.begin({ label: 1, radius: 1 }, { x: 1, y: 0 });
  editor.moveTo({ x: 2, y: 0 });
  editor.begin({ label: 0, radius: 1 }, { x: 2, y: 0 });
  editor.moveTo({ x: 3, y: 0 });
  assert.equal(editor.end(), { left: 2, top: 0, right: 4, bottom: 1 });
  assert.equal(shown(editor.mask), ['21..2']);
  editor.undo();
  assert.equal(shown(editor.mask), ['21122'], 'a stroke is undone as one');
  editor.undo();
  assert.equal(shown(editor.mask), ['22222']);
  assert.is(editor.canUndo, false);
  editor.redo();
  assert.equal(editor.redo(), { left: 2, top: 0, right: 4, bottom: 1 });
  assert.equal(shown(editor.mask), ['21..2']);
  assert.is(editor.canRedo, false);
});

test('any number of strokes goes back and forth to the same pixels', () => {
  const random = new Random(seedKey(17));
  const editor = new MaskEditor(mask(64, 48));
  const states = [shown(editor.mask)];
  for (let stroke = 0; stroke < 60; stroke++) {
    const point = () => ({ x: random.integer(80) - 8, y: random.integer(60) - 6 });
    editor.begin({ label: stroke % 3, radius: 1 + (stroke % 7) }, point());
    for (let move = 0; move < 5; move++) editor.moveTo(point());
    if (editor.end()) states.push(shown(editor.mask));
  }
  for (let i = states.length - 2; i >= 0; i--) {
    editor.undo();
    assert.equal(shown(editor.mask), states[i], `back to ${i}`);
  }
  assert.is(editor.undo(), undefined);
  for (let i = 1; i < states.length; i++) {
    editor.redo();
    assert.equal(shown(editor.mask), states[i], `forth to ${i}`);
  }
});

test('a stroke that changes nothing is none, and a new one ends what could be redone', () => {
  const editor = new MaskEditor(mask(4, 1));
  editor.begin({ label: 0, radius: 2 }, { x: 1, y: 0 });
  assert.is(editor.end(), undefined);
  assert.is(editor.canUndo, false);
  editor.begin({ label: 1, radius: 1 }, { x: 1, y: 0 });
  editor.undo();
  assert.is(editor.canRedo, true, 'undo takes the stroke that has not ended');
  editor.begin({ label: 1, radius: 1 }, { x: 3, y: 0 });
  editor.end();
  assert.is(editor.canRedo, false);
  assert.equal(shown(editor.mask), ['...1']);
});

test('a stroke that is called off leaves no trace', () => {
  const editor = new MaskEditor(mask(5, 1, 1));
  editor.begin({ label: 2, radius: 1 }, { x: 0, y: 0 });
  editor.moveTo({ x: 3, y: 0 });
  assert.equal(editor.cancel(), { left: 0, top: 0, right: 4, bottom: 1 });
  assert.equal(shown(editor.mask), ['11111']);
  assert.is(editor.canUndo, false);
  editor.moveTo({ x: 4, y: 0 });
  assert.equal(shown(editor.mask), ['11111']);
});

test('the prediction comes back as a whole, and what was painted by undo', () => {
  const prediction = { ...mask(4, 2), data: Uint8Array.of(0, 1, 1, 0, 0, 2, 0, 0) };
  const editor = new MaskEditor(prediction);
  editor.begin({ label: 1, radius: 3 }, { x: 1, y: 0 });
  editor.end();
  assert.equal(shown(editor.mask), ['1111', '1111']);
  assert.equal(editor.replace(prediction), { left: 0, top: 0, right: 4, bottom: 2 });
  assert.equal(shown(editor.mask), ['.11.', '.2..']);
  editor.undo();
  assert.equal(shown(editor.mask), ['1111', '1111']);
  assert.equal([...prediction.data], [0, 1, 1, 0, 0, 2, 0, 0], 'the prediction itself is not painted on');
});

test('the memory of what can be undone has a bound, beside the last edit', () => {
  // A single pixel takes a run of 16 bytes.
  const editor = new MaskEditor(mask(10, 1), 40);
  for (let x = 0; x < 6; x++) {
    editor.begin({ label: 1, radius: 1 }, { x, y: 0 });
    editor.end();
  }
  while (editor.canUndo) editor.undo();
  assert.equal(shown(editor.mask), ['1111......']);
  const small = new MaskEditor(mask(10, 1), 4);
  small.begin({ label: 1, radius: 1 }, { x: 1, y: 0 });
  small.end();
  assert.is(small.canUndo, true);
});

test('a mask of another size does not take its place', () => {
  assert.throws(() => new MaskEditor(mask(4, 2)).replace(mask(2, 4)), /expected a mask of 4x2, found 2x4/);
});

test.run();
