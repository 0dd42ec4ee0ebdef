/** A list of many images: which cells are on the page, and which thumbnails are made in which order. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cellAfter, gridView } from '../../../site/app/open/grid.js';
import { ThumbnailQueue } from '../../../site/app/open/thumbnail-queue.js';

const CELL = { width: 100, height: 50 };

test('only the rows in view, and two around them, are on the page', () => {
  const size = { count: 10_000, width: 420, height: 200, cell: CELL };
  assert.equal(gridView({ ...size, scrolled: 0 }), { columns: 4, height: 125_000, from: 0, to: 24, top: 0 });
  assert.equal(gridView({ ...size, scrolled: 5020 }), { columns: 4, height: 125_000, from: 392, to: 428, top: 4900 });
  assert.equal(gridView({ ...size, scrolled: 124_800 }), {
    ...{ columns: 4, height: 125_000, from: 9976, to: 10_000, top: 124_700 },
  });
});

test('a grid that is narrower than a cell has one column, and an empty one nothing', () => {
  const narrow = gridView({ count: 3, width: 40, height: 60, scrolled: 0, cell: CELL });
  assert.equal(narrow, { columns: 1, height: 150, from: 0, to: 3, top: 0 });
  const empty = gridView({ count: 0, width: 400, height: 60, scrolled: 0, cell: CELL });
  assert.equal(empty, { columns: 4, height: 0, from: 0, to: 0, top: 0 });
  const scrolledTooFar = gridView({ count: 3, width: 400, height: 60, scrolled: 9000, cell: CELL });
  assert.equal(scrolledTooFar, { columns: 4, height: 50, from: 0, to: 3, top: 0 });
});

test('keys lead through the cells, and no further than the ends', () => {
  const after = (key: string, at: number) => cellAfter(key, at, 10, 4, 2);
  assert.equal(
    ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageDown', 'PageUp', 'Home', 'End'].map((key) =>
      after(key, 5),
    ),
    [4, 6, 1, 9, 9, 0, 0, 9],
  );
  assert.is(after('a', 5), undefined);
});

/** Thumbnails that are made when the test says so. */
function byHand() {
  const begun: string[] = [];
  const finish = new Map<string, () => void>();
  const make = (name: string) => {
    begun.push(name);
    return new Promise<string>((resolve, reject) =>
      finish.set(name, () => (name === 'bad' ? reject(new Error('bad')) : resolve(`thumbnail of ${name}`))),
    );
  };
  const done = async (name: string) => {
    finish.get(name)!();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { begun, make, done };
}

test('what was asked for last is made first, and what is out of view is not made', async () => {
  const { begun, make, done } = byHand();
  const queue = new ThumbnailQueue(make, { atOnce: 2 });
  const first = queue.ask('a');
  for (const name of ['b', 'c', 'd', 'e']) void queue.ask(name);
  queue.forget('d');
  queue.forget('a');
  assert.equal(begun, ['a', 'b']);
  await done('a');
  assert.is(await first, 'thumbnail of a', 'what was begun is finished');
  assert.equal(begun, ['a', 'b', 'e']);
  await done('b');
  await done('e');
  await done('c');
  assert.equal(begun, ['a', 'b', 'e', 'c']);
  void queue.ask('d');
  assert.equal(begun, ['a', 'b', 'e', 'c', 'd'], 'what was forgotten is made where it is asked for again');
});

test('thumbnails are kept, those used last the longest', async () => {
  const { begun, make, done } = byHand();
  const queue = new ThumbnailQueue(make, { atOnce: 9, kept: 2 });
  for (const name of ['a', 'b']) void queue.ask(name);
  for (const name of ['a', 'b']) await done(name);
  assert.is(await queue.ask('a'), 'thumbnail of a');
  void queue.ask('c');
  void queue.ask('a');
  void queue.ask('b');
  assert.equal(begun, ['a', 'b', 'c', 'b']);
});

test('one that cannot be made does not hold up the others', async () => {
  const { begun, make, done } = byHand();
  const queue = new ThumbnailQueue(make, { atOnce: 1 });
  const bad = queue.ask('bad').catch((error: Error) => error.message);
  void queue.ask('next');
  await done('bad');
  assert.is(await bad, 'bad');
  assert.equal(begun, ['bad', 'next']);
});

test.run();
