/** The results in words and tables. */

import { median } from '../src/base/statistics.js';
import type { Engine } from './engine.js';
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

function ofPeak(gflops: number, { peakGflops }: Engine): string | undefined {
  return peakGflops === undefined ? undefined : percent(gflops / peakGflops);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
