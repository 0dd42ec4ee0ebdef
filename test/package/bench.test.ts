/** The benchmark: what scripts read, and that it leaves no op out. Nothing here is about speed. */
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { caseSteps } from '../../bench/cases.js';
import { layerSteps } from '../../bench/shapes.js';
import { table } from '../../bench/table.js';
import { ops } from '../../src/ops/index.js';
import { compileBuild } from '../support/backend/builds.js';
import { json, unetpp } from '../support/cli/cli.js';

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
  const { vectoriser, ...times } = bench('--filter', 'tversky', '--no-vectoriser');
  assert.is(vectoriser, false);
  const { ops: layers, cases } = times as Record<string, { op: string; referenceMs: number }[]>;
  for (const times of [layers!, cases!]) {
    assert.equal([...new Set(times.map(({ op }) => op))], ['tversky', 'tverskyGrad']);
    assert.ok(times.every(({ referenceMs }) => referenceMs > 0));
  }
});

test('--relaxed is stated', () => {
  const args = [...TINY, '--network', '--relaxed'];
  assert.match(unetpp('.', args, BENCH).stdout, /, relaxed SIMD \(bits are not portable\), 1 thread\n/);
});

test('a wrong call is refused', () => {
  const refused = (options: readonly string[], message: string): void => {
    assert.equal(unetpp('.', options, BENCH), { code: 2, stdout: '', stderr: `unetpp: ${message}\n` });
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
