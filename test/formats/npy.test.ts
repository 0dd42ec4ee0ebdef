import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { Random, seedKey } from '../../src/base/random.js';
import { openImage } from '../../src/formats/formats.js';
import { decodeNpy, encodeNpy } from '../../src/formats/npy.js';
import { sourceOf } from '../../src/formats/source.js';

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

/** A file of version 1.0 with this dictionary and these bytes of numbers. */
function npy(dictionary: string, numbers = 0): Uint8Array {
  const text = Buffer.from(`${dictionary}\n`, 'latin1');
  const size = Buffer.from([text.length & 255, text.length >> 8]);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\0', 'latin1'), size, text, Buffer.alloc(numbers)]);
}

const dictionary = (descr: string, shape: string, order = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;

/** The text of the InputError that decoding ends in. */
function refusal(bytes: Uint8Array): string {
  try {
    decodeNpy(bytes, 'a.npy');
  } catch (error) {
    assert.instance(error, InputError);
    const { message } = error as InputError;
    assert.not.match(message, '\n');
    return message;
  }
  return assert.unreachable('decoded') as never;
}

test('what is written is read: each type, with and without channels', () => {
  for (const data of [
    Uint8Array.of(1, 2, 3, 4, 5, 6),
    Uint16Array.of(1, 2, 3, 4, 5, 600),
    Float32Array.of(1, 2, 3, 4, 5, -0.5),
  ]) {
    assert.equal(decodeNpy(encodeNpy([2, 3], data), 'a.npy'), { width: 3, height: 2, channels: 1, data });
    assert.equal(decodeNpy(encodeNpy([1, 2, 3], data), 'a.npy'), { width: 2, height: 1, channels: 3, data });
  }
  const shifted = Buffer.concat([Uint8Array.of(0), encodeNpy([1, 1], Float32Array.of(7))]).subarray(1);
  assert.equal(decodeNpy(shifted, 'a.npy').data, Float32Array.of(7));
});

test('every type that NumPy writes, in either order of bytes, with the bytes that it writes', () => {
  const half = Float32Array.of(0.5, -65504, 2 ** -24, 1.0009765625, -0, 2 ** -14 - 2 ** -24);
  for (const [descr, hex, data] of [
    ['|b1', '0001ff000100', Uint8Array.of(0, 1, 1, 0, 1, 0)],
    ['|i1', '00017f80fffe', Float32Array.of(0, 1, 127, -128, -1, -2)],
    ['<u1', '00017f80fffe', Uint8Array.of(0, 1, 127, 128, 255, 254)],
    ['>u2', '000000010100ffff80007fff', Uint16Array.of(0, 1, 256, 65535, 32768, 32767)],
    ['<i2', '00000100ff7f0080fffffeff', Float32Array.of(0, 1, 32767, -32768, -1, -2)],
    ['>i2', '000000017fff8000fffffffe', Float32Array.of(0, 1, 32767, -32768, -1, -2)],
    [
      '<i4',
      '000000000100000000000080ffffffff0000010000ffff7f',
      Float32Array.of(0, 1, -(2 ** 31), -1, 65536, 2147483392),
    ],
    [
      '>u4',
      '0000000000000001800000007fff000000010000ffffff00',
      Float32Array.of(0, 1, 2 ** 31, 2147418112, 65536, 4294967040),
    ],
    ['<f2', '0038fffb0100013c0080ff03', half],
    ['>f2', '3800fbff00013c01800003ff', half],
    [
      '>f4',
      '3f000000c0000000000000007f7fffff800000003f800000',
      Float32Array.of(0.5, -2, 0, 3.4028234663852886e38, -0, 1),
    ],
  ] as const) {
    const whole = Buffer.concat([npy(dictionary(`'${descr}'`, '(2, 3)')), Buffer.from(hex, 'hex')]);
    assert.equal(decodeNpy(whole, 'a.npy'), { width: 3, height: 2, channels: 1, data }, descr);
  }
  const wide = Buffer.alloc(16);
  for (const [descr, put, data] of [
    ['<f8', () => [wide.writeDoubleLE(0.1), wide.writeDoubleLE(-1e30, 8)], [0.1, -1e30]],
    ['>f8', () => [wide.writeDoubleBE(0.1), wide.writeDoubleBE(-1e30, 8)], [0.1, -1e30]],
    ['<i8', () => [wide.writeBigInt64LE(-3n), wide.writeBigInt64LE(2n ** 62n, 8)], [-3, 2 ** 62]],
    ['>u8', () => [wide.writeBigUInt64BE(3n), wide.writeBigUInt64BE(2n ** 63n, 8)], [3, 2 ** 63]],
  ] as const) {
    put();
    const whole = Buffer.concat([npy(dictionary(`'${descr}'`, '(1, 2)')), wide]);
    assert.equal(decodeNpy(whole, 'a.npy').data, Float32Array.from(data), descr);
  }
});

test('the bytes of the file stay as they are where their order is turned', () => {
  const whole = Buffer.concat([npy(dictionary("'>u2'", '(1, 2)')), Buffer.from('00010002', 'hex')]);
  const before = whole.toString('hex');
  assert.equal(decodeNpy(whole, 'a.npy').data, Uint16Array.of(1, 2));
  assert.is(whole.toString('hex'), before);
});

test('the header says what the numbers are in the file', async () => {
  for (const [descr, bits, samples] of [
    ['|b1', 8, 'unsigned'],
    ['>i2', 16, 'signed'],
    ['<f8', 64, 'float'],
  ] as const) {
    const opened = await openImage(sourceOf(npy(dictionary(`'${descr}'`, '(1, 2, 3)'), (6 * bits) / 8), 'a.npy'));
    assert.equal(opened.header, { width: 2, height: 1, channels: 3, bits, samples, slices: 1 });
  }
});

test('what an image cannot hold exactly, or not at all', () => {
  const one = (descr: string, hex: string) =>
    refusal(Buffer.concat([npy(dictionary(`'${descr}'`, '(1, 1)')), Buffer.from(hex, 'hex')]));
  const way = 'which float64 cannot hold exactly; convert it with astype';
  assert.is(one('<i8', 'ffffffffffffff7f'), `a.npy: holds 9223372036854775807, ${way}`);
  assert.is(one('>i8', '8000000000000001'), `a.npy: holds -9223372036854775807, ${way}`);
  const place = 'a.npy: pixel (0, 0), channel 0 is';
  assert.is(one('<f8', '9c7500883ce4377e'), `${place} Infinity; expected finite numbers`);
  assert.is(one('<f2', '007e'), `${place} NaN; expected finite numbers`);
  assert.is(one('<f2', '00fc'), `${place} -Infinity; expected finite numbers`);
});

test('headers as NumPy writes them in other versions', () => {
  const text = Buffer.from(`${dictionary("'|u1'", '(1, 2)')}\n`);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  for (const version of [2, 3]) {
    const magic = Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1');
    assert.equal(decodeNpy(Buffer.concat([magic, size, text, Buffer.from([5, 6])]), 'a.npy').data, Uint8Array.of(5, 6));
  }
});

test('what is no image is refused in one line that says why', () => {
  const numbers = 'expected whole or floating-point numbers of at most 64 bits, or bool; convert it with astype';
  for (const type of ['<c8', '<f16', '|u2', '=u2', 'u2', '<U3', '<toString', '']) {
    assert.is(
      refusal(npy(dictionary(`'${type}'`, '(2, 2)'), 32)),
      `a.npy: holds numbers of type "${type}", ${numbers}`,
    );
  }
  assert.is(refusal(npy(dictionary("[('x', '<f4')]", '(2, 2)'), 16)), `a.npy: holds records, ${numbers}`);
  assert.is(
    refusal(npy(dictionary("'|u1'", '(2, 2)', 'True'), 4)),
    "a.npy: is in Fortran's order, expected C's; save numpy.ascontiguousarray of it",
  );
  const shape = 'expected [height,width] or [height,width,channels], each at least 1; give it one image';
  for (const [tuple, found] of [
    ['()', ''],
    ['(4,)', '4'],
    ['(1, 2, 2, 1)', '1,2,2,1'],
    ['(0, 2)', '0,2'],
  ]) {
    assert.is(refusal(npy(dictionary("'|u1'", tuple!), 4)), `a.npy: an array of shape [${found}], ${shape}`);
  }
  assert.is(
    refusal(npy(dictionary("'|u1'", '(1, 1, 2000)'), 2000)),
    'a.npy: an image of 1x1x2000; expected whole numbers, 1 to 1024 channels',
  );
  assert.is(
    refusal(npy(dictionary("'<f4'", '(16384, 16384)'))),
    'a.npy: too large: 16384x16384 of <f4 takes 1073741824 bytes, expected at most 16384 pixels a side and 268435456 bytes; cut it into tiles',
  );
  // A byte becomes a float of four.
  assert.match(refusal(npy(dictionary("'|i1'", '(16384, 16384)'))), '16384x16384 of |i1 takes 1073741824 bytes');
  assert.match(refusal(npy(dictionary("'<f8'", '(16384, 4096)'))), '16384x4096 of <f8 takes 536870912 bytes');
  for (const length of [7, 9]) {
    assert.is(
      refusal(npy(dictionary("'<u2'", '(2, 2)'), length)),
      `a.npy: damaged .npy: ${length} bytes of numbers, 4 numbers of <u2 take 8; copy the file again`,
    );
  }
  assert.is(refusal(npy('{}')), 'a.npy: damaged .npy: its header is "{}"; save it again with numpy.save');
  const whole = encodeNpy([1, 1], Float32Array.of(Number.NaN));
  assert.is(refusal(whole), 'a.npy: pixel (0, 0), channel 0 is NaN; expected finite numbers');
  assert.is(
    refusal(whole.subarray(0, 100)),
    'a.npy: truncated .npy: 100 bytes, its header alone takes 128; copy the file again',
  );
  const long =
    'a.npy: damaged .npy: its header takes 60011 bytes, expected at most 4096; save it again with numpy.save';
  assert.is(refusal(npy(dictionary("'|u1'", '(1, 1)').padEnd(60_000), 1)), long);
  const future = Uint8Array.from(whole);
  future[6] = 4;
  assert.is(refusal(future), 'a.npy: a .npy of version 4, known are 1 to 3; save it again with numpy.save');
});

test('a changed or shortened file gives an image or an InputError', () => {
  const random = new Random(seedKey(9));
  const seed = encodeNpy(
    [2, 3, 2],
    Uint8Array.from({ length: 12 }, (_, i) => i),
  );
  for (let round = 0; round < 3000; round++) {
    const bytes = Uint8Array.from(
      seed.subarray(0, random.integer(4) === 0 ? random.integer(seed.length) : seed.length),
    );
    for (let k = random.integer(3); k >= 0 && bytes.length > 0; k--)
      bytes[random.integer(bytes.length)] = random.integer(256);
    try {
      decodeNpy(bytes, 'a.npy');
    } catch (error) {
      assert.instance(error, InputError, String(error));
    }
  }
});

test('a shape of another size is a fault of the caller', () => {
  assert.throws(() => encodeNpy([2, 2], new Float32Array(3)), 'internal: npy: shape [2,2] is not that of 3 numbers');
});

test.run();
