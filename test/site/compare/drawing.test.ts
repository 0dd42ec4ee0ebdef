/** Masks over images: by the rule of `toMask`, in the colours of the library. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diceWith, drawn, markedShare, maskOf } from '../../../site/app/compare/drawing.js';
import type { HeadView } from '../../../site/engine/protocol.js';
import { classColour, GREEN } from '../../../src/report/colours.js';

const view = (classes: number, probs: readonly number[]): HeadView => ({
  ...{ mode: 'L1', milliseconds: 1, width: 2, height: 1, dice: null },
  ...{ classes, probs: Float32Array.from(probs) },
});
const black = { width: 2, height: 1, channels: 3, data: new Uint8Array(6) };

test('a pixel is marked where its probability is above the threshold', () => {
  const head = view(1, [0.5, 0.75]);
  assert.equal([...maskOf(head, 0.49).data], [1, 1]);
  assert.equal([...maskOf(head, 0.5).data], [0, 1]);
  assert.equal([...maskOf(head, 0.75).data], [0, 0]);
  assert.is(markedShare(maskOf(head, 0.5)), 0.5);
  assert.equal([...drawn(black, maskOf(head, 0.5), 1).data], [0, 0, 0, ...GREEN]);
});

test('of several classes the most probable one is drawn in its colour, whatever the threshold', () => {
  const head = view(3, [0.5, 0.3, 0.2, 0.1, 0.2, 0.7]);
  for (const threshold of [0.01, 0.99]) assert.equal([...maskOf(head, threshold).data], [0, 2]);
  assert.equal([...drawn(black, maskOf(head, 0.5), 3).data], [0, 0, 0, ...classColour(2)]);
});

test('a mask is brought to the size at which a large image is shown', () => {
  const head: HeadView = { ...view(1, [0.9, 0.9, 0.1, 0.1]), width: 4 };
  assert.equal(maskOf(head, 0.5, { width: 2, height: 1 }), {
    width: 2,
    height: 1,
    channels: 1,
    data: Uint8Array.of(1, 0),
  });
});

test('Dice is counted at the threshold that is shown', () => {
  const truth = { width: 2, height: 1, channels: 1, data: Uint8Array.of(1, 0) };
  assert.is(diceWith(maskOf(view(1, [0.6, 0.4]), 0.5), truth), 1);
  assert.is(diceWith(maskOf(view(1, [0.6, 0.4]), 0.3), truth), 2 / 3);
  assert.is(diceWith(maskOf(view(1, [0.6, 0.4]), 0.7), truth), 0);
});

test.run();
