import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../src/base/random.js';
import { cropBack, padReflect } from '../../src/image/pad.js';

const row = (...values: number[]) => ({ width: values.length, height: 1, channels: 1, data: Uint8Array.from(values) });

test('reflection without repeating the edge, the odd pixel on the right', () => {
  const padded = padReflect(row(1, 2, 3, 4, 5), 8);
  assert.equal([padded.x, padded.y, padded.image.width, padded.image.height], [1, 3, 8, 8]);
  for (let y = 0; y < 8; y++) {
    assert.equal([...padded.image.data.subarray(y * 8, y * 8 + 8)], [2, 1, 2, 3, 4, 5, 4, 3]);
  }
});

test('a padding wider than the image goes back and forth, a single pixel is repeated', () => {
  const two = padReflect(row(1, 2), 16);
  assert.is(two.x, 7);
  assert.equal([...two.image.data.subarray(0, 16)], [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]);
  const three = padReflect(row(1, 2, 3), 10);
  assert.equal([...three.image.data.subarray(0, 10)], [2, 3, 2, 1, 2, 3, 2, 1, 2, 3]);
  assert.equal([...padReflect(row(9), 4).image.data], new Array(16).fill(9));
});

test('what is padded and cropped back is what it was', () => {
  const random = new Random(seedKey(4));
  for (let round = 0; round < 100; round++) {
    const [width, height, channels] = [1 + random.integer(20), 1 + random.integer(20), 1 + random.integer(3)];
    const data = Float32Array.from({ length: width * height * channels }, () => random.uniform());
    const image = { width, height, channels, data };
    const multiple = 1 + random.integer(20);
    const padded = padReflect(image, multiple);
    assert.is(padded.image.width % multiple, 0);
    assert.is(padded.image.height % multiple, 0);
    assert.ok(padded.image.width - width < multiple && padded.image.height - height < multiple);
    assert.equal(cropBack(padded.image, padded, width, height), image);
  }
});

test('an image that fits is not copied', () => {
  const image = row(1, 2, 3, 4);
  const padded = padReflect(image, 1);
  assert.is(padded.image, image);
  assert.is(cropBack(padded.image, padded, 4, 1), image);
});

test.run();
