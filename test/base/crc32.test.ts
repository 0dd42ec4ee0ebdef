/** CRC-32, by the value that its definitions state. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32 } from '../../src/base/crc32.js';

test('the check value, no bytes, and a changed bit', () => {
  const digits = new TextEncoder().encode('123456789');
  assert.is(crc32(digits), 0xcbf43926);
  assert.is(crc32(new Uint8Array()), 0);
  assert.is.not(crc32(digits.with(3, digits[3]! ^ 1)), 0xcbf43926);
});

test.run();
