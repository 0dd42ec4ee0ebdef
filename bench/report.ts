/** The results in words and tables. */

import { median } from '../src/base/statistics.js';
import type { Engine } from './engine.js';
import { type Axis, type Growth, LONGEST, type Taken } from './growth.js';
import type { NetworkTimes } from './network.js';
import type { OpTime } from './ops.js';
import type { KernelTime, PartTime } from './profile.js';
import { type Cell, table } from './table.js';
import { MICRO_BATCH, type WorkloadOptions } from './workload.js';

/** Describes the network and its workload. */
export function networkTitle({ filters, size, batch }: WorkloadOptions): string {
  return `widths ${filters.join(', ')}, ${size}x${size}x1, ${filters.length - 1} heads; training on batches of ${batch}, ${Math.min(batch, MICRO_BATCH)} images at once`;
}

export function networkTable(times: NetworkTimes, engine: Engine): string {
  const row = (name: string, first: number, ms: number, gflops: number): Cell[] => {
    return [name, first, ms, gflops, ofPeak(gflops, engine)];
  };
  return table(
    ['network', 'first ms an image', 'ms an image', 'GFLOP/s', 'of the peak'],
    [
      row('forward, all heads', times.inferFirstMs, times.inferMs, times.inferGflops),
      row('training step', times.trainFirstMsPerImage, times.trainMsPerImage, times.trainGflops),
    ],
  );
}

export function layersTable(times: readonly OpTime[], engine: Engine): string {
  return table(
    ['op', 'layer', 'ms', 'GFLOP/s', 'of the peak', 'GB/s', 'reference ms', 'times faster'],
    times.map(({ op, layer, ms, gflops, gigabytes, referenceMs }) => {
      const share = gflops === undefined ? undefined : ofPeak(gflops, engine);
      return [op, layer, ms, gflops, share, gigabytes, referenceMs, referenceMs && referenceMs / ms];
    }),
  );
}

/** Makes a row for each op: how many times faster than the reference it is over its cases. */
export function casesTable(times: readonly OpTime[]): string {
  const names = [...new Set(times.map(({ op }) => op))];
  return table(
    ['op', 'cases', 'times faster: median', 'least', 'most'],
    names.map((name) => {
      const factors = times.flatMap(({ op, ms, referenceMs }) => (op === name && referenceMs ? referenceMs / ms : []));
      return [name, factors.length, median(factors), Math.min(...factors), Math.max(...factors)];
    }),
  );
}

export function profileTable(times: readonly KernelTime[], engine: Engine): string {
  return table(
    ['kernel', 'calls', 'ms', 'share', 'GFLOP/s', 'of the peak'],
    times.map(({ name, calls, ms, share, gflops }) => {
      return [name, calls, ms, percent(share), gflops, gflops === undefined ? undefined : ofPeak(gflops, engine)];
    }),
  );
}

export function partsTable(times: readonly PartTime[]): string {
  return table(
    ['part', 'ms', 'share'],
    times.map(({ name, ms, share }) => [name, ms, percent(share)]),
  );
}

/** Describes what the tables of growth are around. */
export function growthTitle({ infer: { work }, train }: Growth['base']): string {
  const { filters, size, threads } = work;
  const computes = threads === 1 ? '1 thread' : `${threads} threads`;
  return `around widths ${filters.join(', ')}, ${size}x${size}x1, forward of 1 image, training steps of ${train.work.images}, ${computes}`;
}

/** Says how the tables of growth are read. */
export const GROWTH_NOTE = `Each table changes one thing; ms are those of an image, and "times" is the ratio to the point that all tables are around. MB are what \`unetpp info\` forecasts. A dash means that a pass or a step would take more than ${LONGEST} s, or more memory than there is, and was not run. With several threads, a training step has ${MICRO_BATCH} images for each of them.`;

/** Makes a row for each value of an axis, and below the table a line with the exponents. */
export function growthTable({ name, points, inferExponent, trainExponent }: Axis, base: Growth['base']): string {
  const cells = ({ msPerImage, bytes }: Taken, of: Taken): Cell[] => {
    const times = msPerImage && of.msPerImage && msPerImage / of.msPerImage;
    return [msPerImage, times, bytes / 2 ** 20, bytes / of.bytes];
  };
  const rows = points.map(({ value, infer, train }) => {
    return [value, ...cells(infer, base.infer), ...cells(train, base.train)];
  });
  const columns = (work: string) => [`${work} ms`, 'times', 'MB', 'times'];
  const grows = [
    ...(inferExponent === undefined ? [] : [`as ${name}^${inferExponent.toFixed(2)} in forward`]),
    ...(trainExponent === undefined ? [] : [`as ${name}^${trainExponent.toFixed(2)} in training`]),
  ];
  const lines = grows.length > 0 ? ['', `ms grow ${grows.join(', ')}.`] : [];
  return [table([name, ...columns('forward'), ...columns('training')], rows), ...lines].join('\n');
}

function ofPeak(gflops: number, { peakGflops }: Engine): string | undefined {
  return peakGflops === undefined ? undefined : percent(gflops / peakGflops);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
