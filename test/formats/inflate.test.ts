/** zlib is the yardstick: the same content, and a refusal in the same words of what is damaged. */
import { constants, deflateSync, inflateSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../src/base/random.js';
import { InflateError, inflate, OversizeError } from '../../src/formats/inflate.js';

const random = new Random(seedKey(3));

/** Contents that give short and long repetitions, and none. */
const CONTENTS: readonly Uint8Array[] = [
  new Uint8Array(),
  Uint8Array.of(7),
  new Uint8Array(100_000),
  Uint8Array.from({ length: 70_000 }, () => random.integer(256)),
  Uint8Array.from({ length: 90_000 }, (_, i) => (i * i) >> 9),
  Uint8Array.from({ length: 40_000 }, (_, i) => (i % 33_000 < 200 ? i : random.integer(4))),
];

/** What a reader makes of a stream: its content, or the words of its error. */
function outcome(read: () => Uint8Array): { content?: string; error?: string } {
  try {
    return { content: Buffer.from(read()).toString('base64') };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

test('every level and strategy of zlib', () => {
  const { Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_FILTERED } = constants;
  for (const content of CONTENTS) {
    for (const level of [0, 1, 6, 9]) {
      for (const strategy of [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_FILTERED]) {
        const stream = deflateSync(content, { level, strategy });
        assert.ok(Buffer.from(content).equals(inflate(stream, content.length)), `${level} ${strategy}`);
      }
    }
  }
});

test('a damaged stream is refused as zlib refuses it', () => {
  const content = Uint8Array.from({ length: 600 }, (_, i) => (i % 7) * (i % 11));
  for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED]) {
    const stream = deflateSync(content, { strategy });
    for (let bit = 0; bit < 8 * stream.length; bit++) {
      const broken = Uint8Array.from(stream);
      broken[bit >> 3]! ^= 1 << (bit & 7);
      const expected = outcome(() => inflateSync(broken, { maxOutputLength: 2 ** 20 }));
      assert.equal(
        outcome(() => inflate(broken, 2 ** 20)),
        expected,
        `bit ${bit}`,
      );
    }
    for (let length = 0; length < stream.length; length++) {
      assert.throws(() => inflate(stream.subarray(0, length), content.length), 'unexpected end of file');
    }
  }
});

test('random bits are taken or refused as zlib does', () => {
  for (let round = 0; round < 3000; round++) {
    const noise = Uint8Array.from({ length: 2 + random.integer(60) }, () => random.integer(256));
    noise.set([0x78, 0x9c]);
    assert.is(
      outcome(() => inflate(noise, 2 ** 20)).content,
      outcome(() => inflateSync(noise, { maxOutputLength: 2 ** 20 })).content,
      Buffer.from(noise).toString('hex'),
    );
  }
});

test('it stops at the size that is accepted, and does not look at what follows the stream', () => {
  const stream = deflateSync(new Uint8Array(1000));
  assert.is(inflate(stream, 1000).length, 1000);
  assert.is(inflate(stream, 2 ** 30).length, 1000);
  for (const level of [0, 9]) {
    const one = deflateSync(new Uint8Array(1000), { level });
    assert.throws(
      () => inflate(one, 999),
      (error: unknown) => error instanceof OversizeError && error instanceof InflateError,
    );
  }
  assert.is(inflate(Buffer.concat([stream, Buffer.from('more')]), 1000).length, 1000);
});

test.run();
