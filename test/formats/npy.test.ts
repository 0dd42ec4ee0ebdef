import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeNpy } from '../../src/formats/npy.js';

/** The header of `encodeNpy(shape, …)`, one character per byte. */
function header(shape: readonly number[]): string {
  const bytes = encodeNpy(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));
  return Buffer.from(bytes).toString('latin1').split('\n')[0]!;
}

test('the bytes are those that numpy.save writes, but for a comment in the header', () => {
  const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 3), } # unetpp";
  const expected = Buffer.concat([
    Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 0x01, 0x00, 0x76, 0x00]),
    Buffer.from(`${text}${' '.repeat(46)}\n`),
    Buffer.from('0000803f000000c00000003f000000000000807f0000c07f', 'hex'),
  ]);
  const data = Float32Array.of(1, -2, 0.5, 0, Number.POSITIVE_INFINITY, Number.NaN);
  assert.is(Buffer.from(encodeNpy([2, 1, 3], data)).toString('hex'), expected.toString('hex'));
});

test('shapes as Python writes tuples', () => {
  assert.match(header([]), "'shape': (), }");
  assert.match(header([7]), "'shape': (7,), }");
  assert.match(header([0, 4]), "'shape': (0, 4), }");
});

test('the numbers begin at a multiple of 64, whatever the length of the shape', () => {
  for (let n = 0; n < 40; n++) assert.is((header(Array(n).fill(1)).length + 1) % 64, 0);
});

test('a view of a larger array is written alone', () => {
  const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  const bytes = encodeNpy([2], data);
  assert.is(Buffer.from(bytes.subarray(-8)).toString('hex'), '0000004000004040');
});

test('a shape of another size is a fault of the caller', () => {
  assert.throws(() => encodeNpy([2, 2], new Float32Array(3)), 'internal: npy: shape [2,2] is not that of 3 numbers');
});

test.run();
