/** Work spread over lanes: in order, bounded, and with an end whatever happens. */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../src/base/random.js';
import { Prefetcher } from '../../src/train/loop/prefetcher.js';
import { runBounded } from '../../src/train/step/run-bounded.js';

test('every task is done once, begun in order, one at a time in a lane', async () => {
  const random = new Random([1, 2]);
  const begun: number[] = [];
  const busy = new Set<number>();
  await runBounded(40, 3, async (task, lane) => {
    assert.not(busy.has(lane));
    busy.add(lane);
    begun.push(task);
    await sleep(random.integer(4));
    busy.delete(lane);
  });
  assert.equal(
    begun,
    Array.from({ length: 40 }, (_, k) => k),
  );
});

test('no task begins more than twice the number of lanes after one that is not done', async () => {
  let first = () => {};
  const begun: number[] = [];
  const all = runBounded(20, 2, async (task) => {
    begun.push(task);
    if (task === 0) await new Promise<void>((resolve) => (first = resolve));
  });
  await sleep(20);
  assert.equal(begun, [0, 1, 2, 3]);
  first();
  await all;
  assert.is(begun.length, 20);
});

test('more lanes than tasks, and no tasks at all', async () => {
  const lanes = new Set<number>();
  await runBounded(2, 8, async (_, lane) => void lanes.add(lane));
  assert.equal(lanes, new Set([0, 1]));
  await runBounded(0, 3, async () => assert.unreachable());
});

test('the first error ends all lanes, after what had begun', async () => {
  const begun: number[] = [];
  let done = 0;
  const failing = runBounded(100, 3, async (task) => {
    begun.push(task);
    for (let turn = 0; turn < (task === 4 ? 1 : 4); turn++) await nextTurn();
    if (task === 4) throw new Error('four');
    done++;
  });
  const error = await failing.catch((reason: Error) => reason);
  assert.is(error?.message, 'four');
  assert.is(done, begun.length - 1);
  assert.ok(begun.length < 10, `${begun.length} begun`);
});

test('an error wakes a lane that waits for a slow one', async () => {
  const failing = runBounded(20, 2, async (task) => {
    if (task > 0) return;
    await sleep(10);
    throw new Error('slow and wrong');
  });
  assert.is((await failing.catch((reason: Error) => reason))?.message, 'slow and wrong');
});

test('loading ahead: in order, so many places before the turn, errors in theirs', async () => {
  const begun: number[] = [];
  const ahead = new Prefetcher(5, 2, async (k) => {
    begun.push(k);
    if (k === 2) throw new Error('damaged');
    return k;
  });
  assert.is(await ahead.take(), 0);
  assert.equal(begun, [0, 1, 2]);
  assert.is(await ahead.take(), 1);
  assert.equal(begun, [0, 1, 2, 3]);
  await sleep(5);
  const error = await ahead.take().catch((reason: Error) => reason.message);
  assert.is(error, 'damaged');
  assert.is(await ahead.take(), 3);
  assert.is(await ahead.take(), 4);
  assert.equal(begun, [0, 1, 2, 3, 4]);
});

test.run();
