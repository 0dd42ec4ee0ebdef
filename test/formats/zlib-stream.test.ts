/** Zlib streams of parts, inflated by Node's zlib: whatever the data begin with and wherever the parts are cut. */
import { inflateSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { joinBytes } from '../../src/base/bytes.js';
import { Random, seedKey } from '../../src/base/random.js';
import { ZlibStream } from '../../src/formats/zlib-stream.js';

const random = new Random(seedKey(5));

/** Compresses data in parts of random lengths up to `most`. */
function compressed(data: Uint8Array, most: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const stream = new ZlibStream(3, (part) => parts.push(part));
  for (let at = 0; at < data.length; ) {
    const end = at + random.integer(most + 1);
    stream.push(data.subarray(at, end));
    at = end;
  }
  stream.finish();
  return joinBytes(parts);
}

/** Rows of few values, zeros among them, some of which are equal: what masks look like. */
function rows(length: number, values: number): Uint8Array {
  const row = 1 + random.integer(300);
  const data = new Uint8Array(length);
  for (let k = 0; k < length; k++) {
    const again = k >= row && random.integer(50) > 0;
    data[k] = again ? data[k - row]! : random.integer(values);
  }
  return data;
}

test('what is inflated is what was pushed', () => {
  for (const length of [0, 1, 5, 1000, 32767, 32768, 32769, 40000, 98304, 98305, 300_000]) {
    for (const values of [1, 2, 3, 256]) {
      for (const most of [1000, 32768, 400_000]) {
        const data = rows(length, values);
        assert.ok(inflateSync(compressed(data, most)).equals(data), `${length} bytes of ${values} values by ${most}`);
      }
    }
  }
});

test('many short ones, and some that begin with zeros', () => {
  for (let tries = 0; tries < 3000; tries++) {
    const data = rows(random.integer(3000), 1 + random.integer(4));
    assert.ok(inflateSync(compressed(data, 500)).equals(data), `try ${tries}`);
  }
  for (let tries = 0; tries < 60; tries++) {
    const data = rows(32768 + random.integer(80_000), 1 + random.integer(4));
    data.fill(0, 0, random.integer(5000));
    assert.ok(inflateSync(compressed(data, 50_000)).equals(data), `try ${tries}`);
  }
});

test('it is smaller than the data', () => {
  assert.ok(compressed(rows(500_000, 2), 100_000).length < 200_000);
});

test.run();
