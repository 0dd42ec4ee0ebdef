/** The timeline of a team of threads: its model, its picture, and what scripts read. Nothing here is about speed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { barrierMsOf, type Costs, losses, makespan, predict, type StepCost } from '../../bench/timeline/model.js';
import { drawTimeline } from '../../bench/timeline/picture.js';
import type { StepRecord } from '../../bench/timeline/record.js';
import { teamsTable } from '../../bench/timeline/report.js';
import { availableCores } from '../../src/platform/node/threads/cores.js';
import { unetppAlone } from '../support/cli/cli.js';

const BENCH = fileURLToPath(new URL('../../bench/index.js', import.meta.url));
const TINY = ['--filters', '8,16', '--size', '32'];

const step = (name: string, ...chunks: readonly number[][]): StepCost => {
  return { name, layer: '', chunks: new Map(chunks.map((ms, k) => [2 ** k, ms])) };
};

/** A step of 8 ms that is cut into halves and quarters, one that is not shared, and one that is uneven. */
const COSTS: Costs = {
  steps: [
    step('even', [8], [4, 4], [2, 2, 2, 2]),
    step('alone', [3], [3], [3]),
    step('uneven', [6], [4, 3], [4, 1, 1, 1]),
  ],
  outsideMs: 1,
  barrierMs: 0.25,
};

test('whoever is free takes the next chunk', () => {
  assert.is(makespan([4, 1, 1, 1, 1], 2), 4);
  assert.is(makespan([1, 1, 1, 1, 4], 2), 6);
  assert.is(makespan([5, 2], 4), 5);
});

test('the time of a team is its share and what it loses', () => {
  assert.equal(predict(COSTS, 1), { threads: 1, ms: 18, idealMs: 18, aloneMs: 0, cuttingMs: 0, barriersMs: 0 });
  // 4 + 3 + 4 + 1 ms, and two barriers.
  const two = { threads: 2, ms: 12.5, idealMs: 9, aloneMs: 2, cuttingMs: 1, barriersMs: 0.5 };
  assert.equal(predict(COSTS, 2), two);
  // 2 + 3 + 4 + 1 ms, and two barriers with three others.
  const four = { threads: 4, ms: 11.5, idealMs: 4.5, aloneMs: 3, cuttingMs: 2.5, barriersMs: 1.5 };
  assert.equal(predict(COSTS, 4), four);
});

test('steps are listed by what they lose', () => {
  const listed = losses(COSTS, 4).map(({ step, chunks, ms, lostMs }) => [step.name, chunks, ms, lostMs]);
  assert.equal(listed, [
    ['uneven', 4, 4.75, 3.25],
    ['alone', 1, 3, 2.25],
    ['even', 4, 2.75, 0.75],
  ]);
});

const record = (begin: number, end: number, ...chunks: readonly [number, number, number][]): StepRecord => {
  const list = chunks.map(([thread, begin, end]) => ({ thread, begin, end }));
  return { name: 'conv2d', layer: '32 -> 8', begin, end, chunks: list };
};

test('a barrier is what a shared step takes beside chunks and waits in its best run', () => {
  const alone = record(0, 9, [0, 0, 9]);
  const steps = [
    alone,
    // Half a millisecond before the first chunk, one after the last.
    record(10, 14, [0, 10.5, 12], [1, 11, 13]),
    record(20, 24, [0, 20, 21], [0, 22, 23], [1, 20, 22]),
    // All by the other thread.
    record(30, 32.5, [1, 30, 31], [1, 31, 32]),
  ];
  const slower = [alone, record(10, 19, [0, 15, 17], [1, 17, 18]), ...steps.slice(2)];
  const runs = [steps, slower].map((steps) => ({ ms: steps.at(-1)!.end, steps }));
  assert.is(barrierMsOf(runs), 1.5);
  assert.is(barrierMsOf([{ ms: 9, steps: [alone] }]), 0);
});

test('the picture has a bar for each chunk', () => {
  const picture = drawTimeline([record(5, 10, [0, 5, 10]), record(10, 15, [0, 10, 14], [1, 11, 15])], 2, 'a < b');
  assert.match(picture, '>a &lt; b</text>');
  assert.is(picture.match(/<title>/g)!.length, 3);
  // From 5 to 15 ms over 1440 pixels: the second thread begins 6 ms after the start.
  assert.match(picture, '<rect x="944.00" y="96" width="576.00"');
  assert.match(picture, '<title>conv2d 32 -&gt; 8: 4.000 ms from 6.000 ms on</title>');
  assert.not.match(picture, 'thread 3');
});

test('a table of teams has dashes for what this machine has no cores for', () => {
  const predictions = [1, 2, 4].map((threads) => predict(COSTS, threads));
  const measured = [{ threads: 2, stepMs: [4.5, 3, 4.5], outsideMs: 1, fastest: { ms: 14, steps: [] } }];
  assert.is(
    teamsTable({ costs: COSTS, predictions, measured, losses: [] }),
    [
      '| threads | model ms | times faster | measured ms | lost alone ms | in chunks ms | at barriers ms |',
      '| ------: | -------: | -----------: | ----------: | ------------: | -----------: | -------------: |',
      '|       1 |       18 |            1 |           - |             0 |            0 |              0 |',
      '|       2 |     12.5 |         1.44 |          13 |             2 |            1 |          0.500 |',
      '|       4 |     11.5 |         1.57 |           - |             3 |         2.50 |           1.50 |',
      '',
      'A barrier between two threads takes 250.0 µs.',
    ].join('\n'),
  );
});

if (availableCores() > 1) {
  test('--timeline measures a team and draws it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'unetpp-timeline-'));
    try {
      const { code, stdout, stderr } = unetppAlone(folder, [...TINY, '--timeline', 'team.svg', '--json'], BENCH);
      assert.is(code, 0, stderr);
      const { timeline } = JSON.parse(stdout);
      assert.equal(
        timeline.predictions.map(({ threads }: { threads: number }) => threads),
        [1, 2, 4, 8, 16],
      );
      assert.is(timeline.measured[0].threads, 2);
      for (const { ms } of [...timeline.predictions, ...timeline.measured]) assert.ok(ms > 0, stdout);
      assert.is(timeline.losses.threads, 16);
      const kernels = timeline.losses.steps.map(({ kernel }: { kernel: string }) => kernel);
      assert.equal([...new Set(kernels)].sort(), ['conv2d', 'convTranspose2d', 'maxPool2d']);
      const picture = readFileSync(join(folder, 'team.svg'), 'utf8');
      assert.match(picture, /^<svg /);
      assert.ok(picture.includes('>thread 2<') && picture.match(/<title>/g)!.length > kernels.length, picture);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test('--timeline chooses its teams itself', () => {
  const message = '--timeline: it measures teams of its own; leave --threads out';
  const call = unetppAlone('.', [...TINY, '--timeline', '--threads', '2'], BENCH);
  assert.equal(call, { code: 2, stdout: '', stderr: `unetpp: ${message}\n` });
});

test.run();
