/** HD95 and ASSD against answers worked out by hand, and against brute force. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../src/base/random.js';
import { surfaceDistances } from '../../src/evaluate/surface-distance.js';
import { squaredDistances } from '../../src/image/distance.js';
import type { Image, Spacing } from '../../src/image/image.js';
import { surface } from '../../src/image/surface.js';

/** Rows of a drawing: `#` is 1, a digit itself, anything else 0. */
function drawn(...rows: string[]): Image<Uint8Array> {
  const data = Uint8Array.from(rows.join(''), (char) => (char === '#' ? 1 : Number(char) || 0));
  return { width: rows[0]!.length, height: rows.length, channels: 1, data };
}

/** An empty mask with one rectangle. */
function rectangle(size: number, left: number, top: number, width: number, height = width): Image<Uint8Array> {
  const data = new Uint8Array(size * size);
  for (let y = top; y < top + height; y++) data.fill(1, y * size + left, y * size + left + width);
  return { width: size, height: size, channels: 1, data };
}

/** Expects HD95 and ASSD, both ways round. */
function expect(a: Image<Uint8Array>, b: Image<Uint8Array>, hd95: number, assd: number, spacing?: Spacing): void {
  for (const [p, t] of [
    [a, b],
    [b, a],
  ] as const) {
    const found = surfaceDistances(p, t, 1, spacing)!;
    assert.ok(Math.abs(found.hd95 - hd95) < 1e-12, `HD95 ${found.hd95}, expected ${hd95}`);
    assert.ok(Math.abs(found.assd - assd) < 1e-12, `ASSD ${found.assd}, expected ${assd}`);
  }
}

test('the surface: pixels with a 4-neighbour outside, those at the edge of the image too', () => {
  assert.equal(
    surface(drawn('......', '.####.', '.####.', '.####.', '.##.#.', '......')),
    drawn('......', '.####.', '.#..#.', '.#.##.', '.##.#.', '......').data,
    'a gap that touches with its corner makes no surface',
  );
  assert.equal(surface(drawn('###', '###', '###')), drawn('###', '#.#', '###').data);
  assert.equal(
    surface(drawn('121', '222', '121'), (value) => value === 2),
    drawn('.#.', '#.#', '.#.').data,
  );
});

test('two pixels: the distance of their centres', () => {
  const at = (x: number, y: number) => rectangle(8, x, y, 1);
  expect(at(1, 1), at(1, 1), 0, 0);
  expect(at(1, 1), at(4, 5), 5, 5);
  expect(at(1, 1), at(4, 5), Math.hypot(3 * 0.5, 4 * 2), Math.hypot(3 * 0.5, 4 * 2), [2, 0.5]);
});

test('lines: parallel ones, and one that is longer', () => {
  expect(rectangle(8, 0, 1, 8, 1), rectangle(8, 0, 4, 8, 1), 3, 3);
  expect(rectangle(8, 0, 1, 8, 1), rectangle(8, 0, 4, 8, 1), 1.5, 1.5, [0.5, 9]);
  // From the longer line: 0 seven times, then 1 to 4; 95 % is at rank 9.5 of 0..10. (One percentile of both lists
  // together, as MedPy takes it, would be at rank 16.15 of 0..17: 3.15.)
  expect(rectangle(12, 0, 5, 11, 1), rectangle(12, 0, 5, 7, 1), 3.5, 10 / 18);
  expect(rectangle(12, 0, 5, 11, 1), rectangle(12, 0, 5, 7, 1), 0.35, 1 / 18, [7, 0.1]);
});

test('a square that is shifted by one column', () => {
  // Surfaces of 5x5 are rings of 16. Off the other ring: the 5 of the outer side, and the 3 inside of the other's
  // outer side; all others lie on it.
  expect(rectangle(9, 1, 2, 5), rectangle(9, 2, 2, 5), 1, 8 / 16);
  expect(rectangle(9, 1, 2, 5), rectangle(9, 2, 2, 5), 0.49, (0.49 * 8) / 16, [0.6, 0.49]);
});

test('a square within a square', () => {
  // 3x3 in 7x7: 8 pixels at 2 from the outer ring of 24. Back: sides of 3 at 2, beside them 2 at √5 on each end, corners √8.
  const back = 4 * 3 * 2 + 4 * 2 * Math.sqrt(5) + 4 * Math.sqrt(8);
  // Ranks 0..23, 95 % is 21.85: among the four corners.
  expect(rectangle(9, 1, 1, 7), rectangle(9, 3, 3, 3), Math.sqrt(8), (8 * 2 + back) / 32);
  // A hole has a surface too.
  const ring = drawn('.......', '.#####.', '.#####.', '.##.##.', '.#####.', '.#####.', '.......');
  const full = drawn('.......', '.#####.', '.#####.', '.#####.', '.#####.', '.#####.', '.......');
  // The hole makes surface of its 4 neighbours, each 1 from the outer ring of 16; ranks 0..19, 95 % is 18.05.
  expect(ring, full, 1, 4 / 36);
});

test('a single stray pixel moves ASSD little and HD95 not at all', () => {
  const square = rectangle(32, 2, 2, 11);
  const stray = { ...square, data: square.data.slice() };
  stray.data[31 * 32 + 12] = 1;
  expect(stray, square, 0, 19 / (41 + 40));
});

test('empty masks', () => {
  const [none, some] = [rectangle(4, 0, 0, 0), rectangle(4, 1, 1, 2)];
  assert.equal(surfaceDistances(none, none, 1), { hd95: 0, assd: 0 });
  assert.is(surfaceDistances(none, some, 1), null);
  assert.is(surfaceDistances(some, none, 1), null);
  assert.equal(surfaceDistances(rectangle(4, 0, 0, 4), rectangle(4, 0, 0, 4), 1), { hd95: 0, assd: 0 });
});

test('each class by itself', () => {
  const [a, b] = [drawn('1..2', '1..2'), drawn('.1.2', '.1.2')];
  assert.equal(surfaceDistances(a, b, 1), { hd95: 1, assd: 1 });
  assert.equal(surfaceDistances(a, b, 2), { hd95: 0, assd: 0 });
  assert.equal(surfaceDistances(a, b, 3), { hd95: 0, assd: 0 });
});

/** A random mask: blobs for the most part, or single pixels, or nothing. */
function randomMask(random: Random, width: number, height: number): Image<Uint8Array> {
  const data = new Uint8Array(width * height);
  const blobs = random.integer(4);
  for (let n = 0; n < blobs; n++) {
    const [x, y, r] = [random.integer(width), random.integer(height), random.integer(4)];
    data.forEach((_, i) => {
      if (((i % width) - x) ** 2 + (Math.floor(i / width) - y) ** 2 <= r * r) data[i] = 1;
    });
  }
  return { width, height, channels: 1, data };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The definition, written down anew: pixel by pixel, without a transform. */
function bruteForce(a: Image<Uint8Array>, b: Image<Uint8Array>, [row, column]: Spacing) {
  const rim = ({ width, height, data }: Image<Uint8Array>): Point[] => {
    const at = (x: number, y: number) => x >= 0 && x < width && y >= 0 && y < height && data[y * width + x] === 1;
    const points = Array.from(data, (_, i) => ({ x: i % width, y: Math.floor(i / width) }));
    return points.filter(({ x, y }) => at(x, y) && !(at(x - 1, y) && at(x + 1, y) && at(x, y - 1) && at(x, y + 1)));
  };
  const [p, q] = [rim(a), rim(b)];
  const directed = (from: Point[], to: Point[]) =>
    from.map((f) => Math.min(...to.map((t) => Math.hypot((f.x - t.x) * column, (f.y - t.y) * row))));
  const percentile = (values: number[]) => {
    const sorted = [...values].sort((u, v) => u - v);
    const at = 0.95 * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
    return below * (1 - (at % 1)) + above * (at % 1);
  };
  if (p.length === 0 || q.length === 0) return p.length === q.length ? { hd95: 0, assd: 0 } : null;
  const [there, back] = [directed(p, q), directed(q, p)];
  const all = [...there, ...back];
  return {
    hd95: Math.max(percentile(there), percentile(back)),
    assd: all.reduce((sum, value) => sum + value, 0) / all.length,
  };
}

test('random masks: as by brute force, the same both ways round, zero where the surfaces are equal alone', () => {
  const random = new Random(seedKey(11));
  const kinds = { null: 0, zero: 0, more: 0 };
  for (let n = 0; n < 300; n++) {
    const [width, height] = [1 + random.integer(14), 1 + random.integer(14)];
    const spacing = n % 2 ? ([1, 1] as const) : ([random.uniform(0.1, 3), random.uniform(0.1, 3)] as const);
    const [a, b] = [randomMask(random, width, height), randomMask(random, width, height)];
    const expected = bruteForce(a, b, spacing);
    const found = surfaceDistances(a, b, 1, spacing);
    const back = surfaceDistances(b, a, 1, spacing);
    if (expected === null || found === null || back === null) {
      assert.equal([found, back], [expected, expected]);
      kinds.null++;
      continue;
    }
    assert.ok(Math.abs(found.hd95 - expected.hd95) < 1e-9, `HD95 ${found.hd95}, expected ${expected.hd95}`);
    assert.ok(Math.abs(found.assd - expected.assd) < 1e-9, `ASSD ${found.assd}, expected ${expected.assd}`);
    assert.is(back.hd95, found.hd95);
    assert.ok(Math.abs(back.assd - found.assd) < 1e-12);
    const isSame = surface(a).join() === surface(b).join();
    assert.is(found.assd === 0, isSame);
    kinds[isSame ? 'zero' : 'more']++;
  }
  for (const [kind, count] of Object.entries(kinds)) assert.ok(count > 10, `${kind}: ${count}`);
});

test('the distance transform: every pixel as by brute force, exact in whole pixels', () => {
  const random = new Random(seedKey(12));
  for (let n = 0; n < 60; n++) {
    const [width, height] = [1 + random.integer(20), 1 + random.integer(20)];
    const sites = Uint8Array.from({ length: width * height }, () => Number(random.uniform() < 0.08));
    const spacing = n % 2 ? ([1, 1] as const) : ([random.uniform(0.1, 3), random.uniform(0.1, 3)] as const);
    const [row, column] = spacing;
    squaredDistances(sites, width, height, spacing).forEach((found, i) => {
      let nearest = Infinity;
      sites.forEach((site, j) => {
        const dx = ((i % width) - (j % width)) * column;
        const dy = (Math.floor(i / width) - Math.floor(j / width)) * row;
        if (site) nearest = Math.min(nearest, dx * dx + dy * dy);
      });
      if (n % 2) assert.is(found, nearest);
      else assert.ok(found === nearest || Math.abs(found - nearest) < 1e-12 * nearest, `${found}, expected ${nearest}`);
    });
  }
});

test.run();
