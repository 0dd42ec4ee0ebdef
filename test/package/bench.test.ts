/** The benchmark: what scripts read, and that it leaves no op out. Nothing here is about speed. */
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { caseSteps } from '../../bench/cases.js';
import { exponentOf, type Growth } from '../../bench/growth.js';
import { growthTable } from '../../bench/report.js';
import { layerSteps } from '../../bench/shapes.js';
import { table } from '../../bench/table.js';
import { createBackend } from '../../src/index.js';
import { summarize } from '../../src/model/summary.js';
import { parseConfig } from '../../src/network/config.js';
import { ops } from '../../src/ops/index.js';
import { trainingMemory } from '../../src/train/memory.js';
import { compileBuild } from '../support/backend/builds.js';
import { json, unetppAlone } from '../support/cli/cli.js';

const BENCH = fileURLToPath(new URL('../../bench/index.js', import.meta.url));
const TINY = ['--filters', '4,8', '--size', '16', '--batch', '2'];

const bench = (...args: string[]) => json('.', [...TINY, ...args], BENCH);

test('--network --json is one object with times and rates', () => {
  const result = bench('--network', '--threads', '1');
  const { inferMs, trainMsPerImage, inferGflops, trainGflops, peakGflops, ...engine } = result;
  const { vectoriser, inferFirstMs, trainFirstMsPerImage, ...rest } = engine;
  const expected = {
    backend: 'wasm',
    node: process.version,
    relaxed: false,
    threads: 1,
    filters: [4, 8],
    size: 16,
    batch: 2,
    microBatch: 2,
  };
  assert.equal(rest, expected);
  assert.type(vectoriser, 'boolean');
  const times = [inferMs, inferFirstMs, trainMsPerImage, trainFirstMsPerImage];
  for (const value of [...times, inferGflops, trainGflops, peakGflops]) {
    assert.ok(Number.isFinite(value) && (value as number) > 0, JSON.stringify(result));
  }
  assert.equal(macsOf(inferGflops, inferMs), macsOf((trainGflops as number) / 3, trainMsPerImage));
});

/** Millions of multiply-adds, from a rate and a time that are rounded. */
function macsOf(gflops: unknown, ms: unknown): string {
  return ((gflops as number) * (ms as number)).toPrecision(3);
}

test('--profile tells all of the time by kernel and by part', () => {
  type Times = Record<string, { name: string; share: number }[]>;
  const { profile, parts } = bench('--profile') as { profile: Times; parts: Times };
  for (const work of ['infer', 'train']) {
    const times = parts[work]!;
    const names = times.map(({ name }) => name);
    for (const part of ['direct products', 'other kernels', '(other)']) assert.ok(names.includes(part), names.join());
    assert.is(times.reduce((sum, { share }) => sum + share, 0).toFixed(3), '1.000');
  }
  for (const [work, kernel] of [
    ['infer', 'maxPool2d'],
    ['train', 'adam'],
  ] as const) {
    const times = profile[work]!;
    const names = times.map(({ name }) => name);
    assert.ok(names.includes('conv2d') && names.includes('(other)') && names.includes(kernel), names.join());
    assert.is(times.reduce((sum, { share }) => sum + share, 0).toFixed(3), '1.000');
    assert.equal(
      times.map(({ share }) => share),
      times.map(({ share }) => share).sort((a, b) => b - a),
    );
  }
});

test('--filter chooses ops by name; both backends are timed; --no-vectoriser is stated', () => {
  const { vectoriser, ...times } = bench('--filter', 'softmax', '--no-vectoriser');
  assert.is(vectoriser, false);
  const { ops: layers, cases } = times as Record<string, { op: string; referenceMs: number }[]>;
  for (const times of [layers!, cases!]) {
    assert.equal([...new Set(times.map(({ op }) => op))], ['softmax', 'softmaxGrad']);
    assert.ok(times.every(({ referenceMs }) => referenceMs > 0));
  }
});

test('--relaxed is stated', () => {
  const args = [...TINY, '--network', '--relaxed'];
  assert.match(unetppAlone('.', args, BENCH).stdout, /, relaxed SIMD \(bits are not portable\), 1 thread\n/);
});

test('--growth changes one thing at a time around the base point, and forecasts memory as info does', () => {
  const { growth } = bench('--growth', '--threads', '1') as { growth: Growth };
  const { base, axes } = growth;
  const works = { filters: [4, 8], size: 16, threads: 1 };
  assert.equal(base.infer.work, { ...works, images: 1 });
  assert.equal(base.train.work, { ...works, images: 4 });
  const values = Object.fromEntries(axes.map(({ name, points }) => [name, points.map(({ value }) => value)]));
  const { threads, ...others } = values;
  assert.equal(others, { size: [8, 16, 32, 64, 128, 256], batch: [1, 2, 4, 8, 16], width: [1, 2, 4, 8], levels: [2] });
  assert.is(threads![0], 1);
  for (const { name, points, inferExponent } of axes) {
    for (const { value, infer, train } of points) {
      for (const { msPerImage, bytes } of [infer, train]) assert.ok(msPerImage! > 0 && bytes > 0, `${name} ${value}`);
    }
    assert.is(inferExponent === undefined, points.length < 2, name);
  }
  const [sizes, batches, widths, levels] = axes;
  assert.equal(sizes!.points[1], { value: 16, ...base });
  assert.equal(levels!.points[0], { value: 2, ...base });
  assert.equal(sizes!.points[0]!.train.work, { ...base.train.work, size: 8 });
  assert.equal(widths!.points[3]!.infer.work, { ...base.infer.work, filters: [8, 16] });
  assert.equal(batches!.points[3]!.infer.work, { ...base.infer.work, images: 8 });
  const config = parseConfig({ filters: [4, 8] }, 'test');
  const [backend, size] = [createBackend('wasm'), { width: 256, height: 256 }];
  const { parameterBytes, preparedBytes, workingBytes } = summarize(config, size, backend);
  assert.is(sizes!.points[5]!.infer.bytes, parameterBytes + preparedBytes + workingBytes);
  const { total, outside } = trainingMemory(config, { size: 256, batch: 4, microBatch: 4 }, backend);
  assert.is(sizes!.points[5]!.train.bytes, total + outside);
});

test('the exponent of growth is that of the curve through what was measured', () => {
  const curve = [2, 3, 7].map((x) => [x, 5 * x ** -1.5] as const);
  assert.is(exponentOf([...curve, [9, undefined]])!.toFixed(9), '-1.500000000');
  assert.is(exponentOf([curve[0]!, [9, undefined]]), undefined);
});

test('a table of growth has ratios to the base point, and dashes for what was not run', () => {
  const work = { filters: [4, 8], size: 16, images: 1, threads: 1 };
  const taken = (bytes: number, msPerImage?: number) => ({ work, bytes, ...(msPerImage && { msPerImage }) });
  const base = { infer: taken(2 ** 20, 2), train: taken(2 ** 22, 8) };
  const points = [
    { value: 16, ...base },
    { value: 32, infer: taken(2 ** 22, 8.5), train: taken(2 ** 24) },
  ];
  assert.is(
    growthTable({ name: 'size', points, inferExponent: 2.087 }, base),
    [
      '| size | forward ms | times |  MB | times | training ms | times |  MB | times |',
      '| ---: | ---------: | ----: | --: | ----: | ----------: | ----: | --: | ----: |',
      '|   16 |          2 |     1 |   1 |     1 |           8 |     1 |   4 |     1 |',
      '|   32 |       8.50 |  4.25 |   4 |     4 |           - |     - |  16 |     4 |',
      '',
      'ms grow as size^2.09 in forward.',
    ].join('\n'),
  );
});

test('a wrong call is refused', () => {
  const refused = (options: readonly string[], message: string): void => {
    assert.equal(unetppAlone('.', options, BENCH), { code: 2, stdout: '', stderr: `unetpp: ${message}\n` });
  };
  const help = 'see npm run bench -- --help';
  refused(['--networks'], `unknown option '--networks' (Did you mean --network?); ${help}`);
  refused(['--profile', '--threads', '2'], '--profile: clocks see this thread alone; leave --threads out');
});

const names = Object.keys(ops).sort();
const opsOf = (steps: readonly { op: string }[]): string[] => [...new Set(steps.map(({ op }) => op))].sort();

test('every op is timed on a real layer', () => {
  assert.equal(opsOf(layerSteps([4, 8], 16)), names);
});

test('every op is timed over the cases of the tests', () => {
  assert.equal(opsOf(caseSteps()), names);
});

for (const [name, lanes, products] of [
  ['unetpp', 4, 6],
  ['unetpp-wide', 8, 6],
  ['unetpp-relaxed', 4, 9],
  ['unetpp-relaxed-wide', 8, 9],
] as const) {
  test(`the peak kernel of ${name} does the operations that it is credited with`, () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const instance = new WebAssembly.Instance(compileBuild(name), { env: { memory } });
    const view = new Float32Array(memory.buffer, 64, 24);
    [1, 2, 4].forEach((value, k) => {
      view.fill(value, 8 * k, 8 * k + 8);
    });
    const peak = instance.exports.peak as (memory: number, rounds: number) => number;
    const rounds = 1000;
    assert.is(peak(64, rounds), 2 * products * lanes * rounds);
    // Six sums begin at 1, three at 2; the products of two vectors are those that are taken twice.
    const sum = 6 + 6 + rounds * (1 + 4 + 16 + (products === 9 ? 2 : 1) * (2 + 4 + 8));
    assert.equal([...view.subarray(0, lanes)], Array(lanes).fill(sum));
  });
}

test('a table is Markdown, with numbers to the right', () => {
  const rows = [
    ['conv2d', 12.345, '5.0 %'],
    ['adam', 1234.5, undefined],
  ];
  assert.is(
    table(['op', 'ms', 'share'], rows),
    [
      '| op     |   ms | share |',
      '| ------ | ---: | ----: |',
      '| conv2d | 12.3 | 5.0 % |',
      '| adam   | 1235 |     - |',
    ].join('\n'),
  );
});

test.run();
