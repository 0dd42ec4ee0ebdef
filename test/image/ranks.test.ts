/** Values by their rank, against sorting. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../src/base/random.js';
import { percentile, percentilePlaces } from '../../src/base/statistics.js';
import type { ImageData } from '../../src/image/image.js';
import { Ranks } from '../../src/image/ranks.js';

const SHARES = [0, 0.01, 0.5, 0.99, 1];

/** The percentiles of values that are seen in pieces, and in how many passes. */
function counted(data: ImageData): { percentiles: number[]; passes: number } {
  const ranks = new Ranks((count) => SHARES.flatMap((share) => percentilePlaces(count, share)));
  let passes = 0;
  for (; ranks.begin(); passes++) {
    for (let at = 0; at < data.length; at += 100) ranks.add(data.subarray(at, at + 100));
  }
  return { percentiles: SHARES.map((share) => percentile(ranks, share)), passes };
}

const random = new Random(seedKey(4));
const cases: Readonly<Record<string, ImageData>> = {
  bytes: Uint8Array.from({ length: 1001 }, () => random.integer(256)),
  '16 bits': Uint16Array.from({ length: 777 }, () => random.integer(65536)),
  'floats of all sizes and signs': Float32Array.from({ length: 5000 }, () => {
    return (random.integer(2) - 0.5) * 10 ** (random.integer(70) - 35) * (1 + random.integer(1000));
  }),
  'floats that differ in their last bits only': Float32Array.from(
    { length: 300 },
    (_, i) => 1 + ((i * 7) % 300) * 2 ** -23,
  ),
  'one value': Float32Array.of(-3.25),
  'zeros of both signs': Float32Array.of(0, -0, 0, -0, -1e-45),
};

for (const [name, data] of Object.entries(cases)) {
  test(`percentiles by counting are those by sorting: ${name}`, () => {
    const sorted = data.slice().sort();
    const { percentiles, passes } = counted(data);
    assert.equal(
      percentiles,
      SHARES.map((share) => percentile(sorted, share)),
    );
    assert.is(passes, data instanceof Float32Array ? 2 : 1);
  });
}

test.run();
