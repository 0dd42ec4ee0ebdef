/** Connected components by runs: as flood fill finds them, in raster order. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { components } from '../../src/image/components.js';
import type { Image } from '../../src/image/image.js';
import { gapsOf, maskOfRuns, type Runs, runsOf } from '../../src/image/runs.js';
import { floodFill } from '../support/image/flood-fill.js';
import { drawn, randomMask } from '../support/image/masks.js';

/** The component of each pixel, from 1. */
function painted(runs: Runs, of: Uint32Array): number[] {
  const labels = new Array<number>(runs.width * runs.height).fill(0);
  for (let y = 0; y < runs.height; y++) {
    for (let i = runs.rows[y]!; i < runs.rows[y + 1]!; i++) {
      labels.fill(of[i]! + 1, y * runs.width + runs.starts[i]!, y * runs.width + runs.ends[i]!);
    }
  }
  return labels;
}

/** Checks objects and background of a mask. @returns how many there are of each */
function checked(mask: Image<Uint8Array>): [objects: number, regions: number] {
  const runs = runsOf(mask);
  assert.equal(maskOfRuns(runs), mask);
  const gaps = gapsOf(runs);
  const counts = [
    { runs, connectivity: 8, isOf: (value: number) => value !== 0 } as const,
    { runs: gaps, connectivity: 4, isOf: (value: number) => value === 0 } as const,
  ].map(({ runs: of, connectivity, isOf }) => {
    const expected = floodFill(mask, connectivity, isOf);
    const found = components(of, connectivity);
    assert.equal(painted(of, found.of), expected);
    const areas = new Array<number>(found.count).fill(0);
    const values = new Array<number>(found.count).fill(0);
    expected.forEach((label, i) => {
      if (label === 0) return;
      areas[label - 1]!++;
      values[label - 1] = mask.data[i]!;
    });
    assert.equal([[...found.areas], [...found.values]], [areas, values]);
    return found.count;
  });
  return counts as [number, number];
}

/** A line that winds inwards, one pixel thick, with one pixel between its turns. */
function spiral(side: number): Image<Uint8Array> {
  const data = new Uint8Array(side * side);
  const isFree = (x: number, y: number) => x >= 0 && y >= 0 && x < side && y < side && data[y * side + x] === 0;
  let [x, y, dx, dy] = [0, 0, 1, 0];
  data[0] = 1;
  for (let turns = 0; turns < 2; ) {
    const ahead = isFree(x + dx, y + dy);
    const clear = !isInside(x + 2 * dx, y + 2 * dy) || isFree(x + 2 * dx, y + 2 * dy);
    if (ahead && clear) {
      [x, y, turns] = [x + dx, y + dy, 0];
      data[y * side + x] = 1;
    } else {
      [dx, dy, turns] = [-dy, dx, turns + 1];
    }
  }
  return { width: side, height: side, channels: 1, data };

  function isInside(u: number, v: number) {
    return u >= 0 && v >= 0 && u < side && v < side;
  }
}

test('random masks of one class and of several', () => {
  let objects = 0;
  for (let seed = 0; seed < 120; seed++) {
    const [width, height] = [1 + ((seed * 7) % 40), 1 + ((seed * 11) % 33)];
    objects += checked(randomMask(seed, width, height, 1 + (seed % 3)))[0];
  }
  assert.ok(objects > 1000, 'masks with something in them');
});

test('a spiral is one object, and what is between its turns one region', () => {
  for (const side of [5, 16, 41]) assert.equal(checked(spiral(side)), [1, 1]);
  const { width, height, data } = spiral(41);
  const inverse = { width, height, channels: 1, data: data.map((value) => 1 - value) };
  assert.equal(checked(inverse), [1, 1]);
});

test('full, empty, one pixel, one row, one column', () => {
  const of = (width: number, height: number, value: number): Image<Uint8Array> => {
    return { width, height, channels: 1, data: new Uint8Array(width * height).fill(value) };
  };
  assert.equal(checked(of(9, 7, 1)), [1, 0]);
  assert.equal(checked(of(9, 7, 0)), [0, 1]);
  assert.equal(
    [checked(of(1, 1, 1)), checked(of(1, 1, 0))],
    [
      [1, 0],
      [0, 1],
    ],
  );
  assert.equal(checked(drawn('11.1..111.')), [3, 3]);
  assert.equal(checked(drawn('1', '.', '1', '1', '.')), [2, 2]);
});

test('corners connect objects and divide the background; classes that touch are different objects', () => {
  assert.equal(checked(drawn('1.1', '.1.', '1.1')), [1, 4]);
  assert.equal(checked(drawn('112', '.1.', '2.1')), [3, 3]);
  assert.equal(checked(drawn('1..', '11.', '..2')), [2, 2]);
  // A comb, whose teeth meet in its last row only.
  assert.equal(checked(drawn('1.1.1', '1.1.1', '11111')), [1, 2]);
});

test('a mask wider than 16 bits count', () => {
  const data = new Uint8Array(2 * 70_000);
  data.fill(1, 69_990, 70_000).fill(1, 70_000, 70_010);
  const mask = { width: 70_000, height: 2, channels: 1, data };
  const runs = runsOf(mask);
  assert.equal(
    [[...runs.starts], [...runs.ends]],
    [
      [69_990, 0],
      [70_000, 10],
    ],
  );
  assert.equal(maskOfRuns(runs), mask);
  assert.is(components(runs, 8).count, 2);
});

test.run();
