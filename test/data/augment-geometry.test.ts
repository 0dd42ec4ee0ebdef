/** Changes of place: the mask goes where the image goes, no further than it should, and nothing is torn. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../src/base/random.js';
import { MOTIONS, REARRANGEMENTS } from '../../src/data/augment/geometry.js';
import { type Positions, pixelGrid } from '../../src/image/warp.js';
import { wholeWindow } from '../../src/image/window.js';
import { augmented, changed, keyOf, sampleOf } from '../support/augment.js';

const { elastic, affine } = MOTIONS;
const WHOLE = wholeWindow({ width: 24, height: 24 });
const GEOMETRY = [...Object.keys(REARRANGEMENTS), ...Object.keys(MOTIONS)];
/** An image that shows its mask. */
const DISC = sampleOf({ value: (x, y) => Number((x - 9) ** 2 + (y - 14) ** 2 < 30) });

for (const list of [...GEOMETRY, 'elastic:3', 'affine:3', GEOMETRY.join()]) {
  test(`the mask goes with the image: ${list}`, () => {
    const samples = changed(DISC, list, 20);
    assert.ok(samples.length > 10, `${samples.length} changed`);
    for (const { image, mask } of samples) {
      const wrong = mask.data.findIndex((label, i) => (label - 0.5) * (image.data[i]! - 0.5) < -1e-6);
      assert.is(wrong, -1, `pixel ${wrong}: ${image.data[wrong]}`);
    }
  });
}

test('classes stay what they are', () => {
  const label = (x: number, y: number) => [0, 2, 5, 255][Math.floor(x / 6 + y / 10) % 4]!;
  const sample = sampleOf({ label });
  for (const { mask } of changed(sample, 'flip,turn,elastic:2,affine:2', 30)) {
    const found = [...new Set(mask.data)].sort((a, b) => a - b);
    assert.equal(found, [0, 2, 5, 255]);
  }
});

test('turn: all four, each about a quarter of the time; what is not square by 180 degrees at most', () => {
  const corner = (width: number, height: number) => {
    const sample = sampleOf({ width, height, label: (x, y) => Number(x === 0 && y === 0) });
    const counts = new Map<string, number>();
    for (const { image, mask } of augmented(sample, 'turn', 400)) {
      assert.equal([image.width, image.height, mask.width, mask.height], [width, height, width, height]);
      const at = mask.data.indexOf(1);
      const where = `${at % width},${Math.floor(at / width)}`;
      counts.set(where, (counts.get(where) ?? 0) + 1);
    }
    return [...counts].sort();
  };
  const names = (counts: [string, number][]) => counts.map(([where]) => where);
  const square = corner(3, 3);
  assert.equal(names(square), ['0,0', '0,2', '2,0', '2,2']);
  for (const [where, count] of square) assert.ok(count > 70 && count < 130, `${where}: ${count} of 400`);
  const wide = corner(4, 3);
  assert.equal(names(wide), ['0,0', '3,2']);
  for (const [where, count] of wide) assert.ok(count > 150 && count < 250, `${where}: ${count} of 400`);
});

test('flip and turn of a smaller strength: so much of the images', () => {
  for (const [list, share] of [
    ['flip:0.2', 0.2 * 0.75],
    ['turn:0.6', 0.6 * 0.75],
  ] as const) {
    const moved = augmented(DISC, list, 400).filter((one) => one !== DISC).length;
    assert.ok(Math.abs(moved / 400 - share) < 0.06, `${list}: ${moved} of 400`);
  }
});

function moved(rule: typeof elastic, strength: number, random: Random): Positions {
  const positions = pixelGrid(WHOLE);
  rule(positions, strength, random, WHOLE, WHOLE);
  return positions;
}

test('strength 0 moves nothing', () => {
  for (const rule of Object.values(MOTIONS)) assert.equal(moved(rule, 0, new Random(keyOf(1))), pixelGrid(WHOLE));
});

test('affine: a turn, a scale and a shift within their bounds, both ways, and as strong as is asked', () => {
  for (const strength of [0.5, 1, 3]) {
    const drawn = Array.from({ length: 200 }, (_, step) => {
      const { x, y } = moved(affine, strength, new Random(keyOf(step)));
      const [a, b, c, d] = [x[1]! - x[0]!, y[1]! - y[0]!, x[24]! - x[0]!, y[24]! - y[0]!];
      assert.ok(Math.abs(a - d) < 1e-12 && Math.abs(b + c) < 1e-12, 'no shear');
      const scale = 1 / Math.hypot(a, b);
      const angle = (Math.atan2(b, a) * 180) / Math.PI;
      // What is shown in the middle comes from there, less the shift, turned and scaled.
      const middle = [x, y].map((p) => (p[0]! + p[24 * 24 - 1]!) / 2 - 11.5);
      const shift = (scale * Math.hypot(...middle)) / 24;
      return { angle, scale, shift };
    });
    const bounds = { angle: 15 * strength, scale: 1 + 0.15 * strength, shift: 0.05 * strength };
    const largest = {
      angle: Math.max(...drawn.map(({ angle }) => Math.abs(angle))),
      scale: Math.max(...drawn.map(({ scale }) => Math.max(scale, 1 / scale))),
      shift: Math.max(...drawn.map(({ shift }) => shift)) / Math.SQRT2,
    };
    for (const name of ['angle', 'scale', 'shift'] as const) {
      assert.ok(largest[name] < bounds[name] + 1e-9, `${name}: ${largest[name]}`);
      assert.ok(largest[name] > 0.85 * bounds[name], `${name}: ${largest[name]}`);
    }
    assert.ok(drawn.some(({ angle }) => angle > 0) && drawn.some(({ angle }) => angle < 0));
    assert.ok(drawn.some(({ scale }) => scale > 1) && drawn.some(({ scale }) => scale < 1));
  }
});

/** Draws nothing but the ends of a range. */
class Extremes extends Random {
  override uniform(low = 0, high = 1): number {
    return this.word() & 1 ? low : high;
  }
}

/** Pixels where the map turns over: its determinant is not positive. */
function folds({ width, height, x, y }: Positions): number {
  let count = 0;
  for (let row = 0; row + 1 < height; row++) {
    for (let column = 0; column + 1 < width; column++) {
      const i = row * width + column;
      const [right, down] = [i + 1, i + width];
      const determinant = (x[right]! - x[i]!) * (y[down]! - y[i]!) - (x[down]! - x[i]!) * (y[right]! - y[i]!);
      if (determinant <= 0) count++;
    }
  }
  return count;
}

test('elastic never folds at its largest strength, even with every corner as far as it goes; beyond, it can', () => {
  const folded = (strength: number) =>
    Array.from({ length: 100 }, (_, step) => folds(moved(elastic, strength, new Extremes(keyOf(step))))).filter(
      (count) => count > 0,
    ).length;
  assert.is(folded(3), 0);
  assert.ok(folded(6) > 50, `${folded(6)}`);
});

test('elastic moves by a few per cent of the side, smoothly', () => {
  const grid = pixelGrid(WHOLE);
  const lengths: number[] = [];
  for (let step = 0; step < 50; step++) {
    const { x, y } = moved(elastic, 1, new Random(keyOf(step)));
    lengths.push(...x.map((u, i) => Math.hypot(u - grid.x[i]!, y[i]! - grid.y[i]!) / 24));
    // The field that is added changes by less than a fifth of a pixel from one to the next.
    const steps = Array.from({ length: 23 }, (_, i) => Math.abs(x[i + 1]! - x[i]! - 1));
    assert.ok(Math.max(...steps) < 0.2, `${Math.max(...steps)}`);
  }
  const rms = Math.sqrt(lengths.reduce((sum, length) => sum + length * length, 0) / lengths.length);
  assert.ok(rms > 0.015 && rms < 0.03, `${rms}`);
});

test('no border comes in: an image of one value stays so', () => {
  const grey = sampleOf({ value: () => 0.7, label: () => 4 });
  for (const { image, mask } of changed(grey, 'elastic:3,affine:3', 20)) {
    assert.ok(image.data.every((value) => value === Math.fround(0.7)));
    assert.ok(mask.data.every((label) => label === 4));
  }
});

test.run();
