/** How tensors are shared out among workgroups: nothing is left out, large ones keep a GPU busy, and sums stay short. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WORKGROUP } from '../../../src/backend/webgpu/kernel.js';
import { type Matrices, shareOut } from '../../../src/backend/webgpu/kernels/columns.js';

const sizes = [1, 2, 3, 31, 32, 33, 255, 256, 257, 5000, 64 * 128 * 128];
const matrices = [1, 3, 70000].flatMap((count) =>
  sizes.flatMap((pixels) => [1, 3, 4, 17, 32, 33, 1024].map((channels) => ({ matrices: count, pixels, channels }))),
);

/** The numbers of the struct, by name. */
function fieldsOf(all: Matrices) {
  const { integers, groups } = shareOut(all);
  const [, , , width = 0, rows = 0, tiles = 0, blocks = 0, length = 0] = integers;
  return { width, rows, tiles, blocks, length, groups };
}

test('every channel of every pixel is taken once', () => {
  for (const all of matrices) {
    const { width, rows, tiles, blocks, length, groups } = fieldsOf(all);
    const what = JSON.stringify(all);
    assert.is(width * rows, WORKGROUP, what);
    assert.ok(Number.isInteger(Math.log2(width)), what);
    assert.ok((tiles - 1) * width < all.channels && all.channels <= tiles * width, what);
    assert.ok((blocks - 1) * length < all.pixels && all.pixels <= blocks * length, what);
    assert.ok(groups[0] * groups[1] >= all.matrices * tiles * blocks, what);
    assert.ok(Math.max(...groups) <= 65535, what);
  }
});

test('the norm of 64 images of 128 x 128 pixels has hundreds of workgroups, whose invocations add 256 elements at most', () => {
  for (const channels of [1, 3, 8, 32, 64]) {
    const { rows, tiles, blocks, length } = fieldsOf({ matrices: 1, pixels: 64 * 128 * 128, channels });
    assert.ok(tiles * blocks >= 500, `${channels} channels: ${tiles * blocks} workgroups`);
    assert.ok(length / rows <= 256, `${channels} channels: ${length / rows} elements`);
  }
});

test('a sum of a few terms takes few invocations, down to one, which waits for nobody', () => {
  assert.equal(fieldsOf({ matrices: 1, pixels: 4, channels: 512 * 1024 }).rows, 1);
  for (const pixels of [1, 2, 8, 9, 16, 33, 64]) {
    const { rows } = fieldsOf({ matrices: 1, pixels, channels: 1024 });
    assert.ok(rows === 1 || rows < pixels, `${pixels} pixels: ${rows} invocations`);
  }
});

test('a sum that must be whole has one block', () => {
  assert.is(shareOut({ matrices: 1, pixels: 100000, channels: 4 }, 1).blocks, 1);
});

test.run();
