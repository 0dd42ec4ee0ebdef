import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { fold, Random, seedKey } from '../../src/base/random.js';
import { sha256, sha256Portable } from '../../src/base/sha256.js';
import { assertFinite, readSafetensors, type StoredTensor, writeSafetensors } from '../../src/formats/safetensors.js';

/** A file as anyone might write it: any header, any data. */
function build(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

function claim(headerBytes: bigint, size = 16): Uint8Array {
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setBigUint64(0, headerBytes, true);
  return bytes;
}

const f32 = (shape: unknown, begin: unknown, end: unknown) => ({ dtype: 'F32', shape, data_offsets: [begin, end] });

async function messageOf(bytes: Uint8Array, file = 'm'): Promise<string> {
  try {
    await readSafetensors(bytes, file);
  } catch (error) {
    assert.instance(error, InputError);
    return (error as Error).message;
  }
  return 'no error';
}

const RESTORE = '; restore the file from a copy';
const NOT = 'm: not a safetensors file: ';
const GIVE = '; give a .safetensors file, or restore it from a copy';
const TORCH = '; it looks like a PyTorch file: write it again with safetensors.torch.save_file';
const LIMIT = 'expected a header of 100000000 bytes at most, found one of';

const MALFORMED: readonly (readonly [title: string, bytes: Uint8Array, message: string])[] = [
  ['empty', new Uint8Array(0), `${NOT}expected 8 bytes or more, found 0${GIVE}`],
  ['7 bytes', new Uint8Array(7), `${NOT}expected 8 bytes or more, found 7${GIVE}`],
  ['header of 2^60 bytes', claim(2n ** 60n), `${NOT}${LIMIT} 1152921504606846976 claimed${GIVE}`],
  ['header of 2^64 - 1 bytes', claim(2n ** 64n - 1n), `${NOT}${LIMIT} 18446744073709551615 claimed${GIVE}`],
  ['header over the limit', claim(100_000_001n), `${NOT}${LIMIT} 100000001 claimed${GIVE}`],
  [
    'a zip file of PyTorch',
    Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 8, 8, 0, 0),
    `${NOT}${LIMIT} 578712552184433488 claimed${TORCH}`,
  ],
  [
    'header longer than the file',
    claim(100_000_000n),
    `m: damaged: cut short: the header ends at byte 100000008, the file has 16${RESTORE}`,
  ],
  ['header not UTF-8', claim(8n).fill(0xff, 8), `${NOT}expected a header in UTF-8, found other bytes${GIVE}`],
  ['header not JSON', build('{"a":\n', 0), `m: damaged: expected a header in JSON, found "{\\"a\\":\\n"${RESTORE}`],
  ['header a list', build([1, 2], 0), `m: damaged: expected a JSON object as header, found [1,2]${RESTORE}`],
  ['header null', build('null', 0), `m: damaged: expected a JSON object as header, found null${RESTORE}`],
  [
    'header nested deep',
    build(`${'['.repeat(50_000)}${']'.repeat(50_000)}`, 0),
    `m: damaged: expected a header in JSON, found "${'['.repeat(79)}…${RESTORE}`,
  ],
  [
    'metadata a number',
    build({ __metadata__: 3 }, 0),
    `m: damaged: __metadata__: expected an object, found 3${RESTORE}`,
  ],
  [
    'metadata not of strings',
    build({ __metadata__: { a: 'b', epochs: 3 } }, 0),
    `m: damaged: __metadata__: expected a string for "epochs", found 3${RESTORE}`,
  ],
  ['entry a string', build({ w: 'F32' }, 0), `m: damaged: tensor "w": expected an object, found "F32"${RESTORE}`],
  [
    'unknown dtype',
    build({ w: { ...f32([1], 0, 2), dtype: 'BF16' } }, 2),
    'm: tensor "w": expected dtype F32, F64, F16, I64 or I8, found "BF16"; convert it to float32',
  ],
  [
    'dtype the name of a method',
    build({ w: { ...f32([1], 0, 2), dtype: 'toString' } }, 2),
    'm: tensor "w": expected dtype F32, F64, F16, I64 or I8, found "toString"; convert it to float32',
  ],
  [
    'no dtype',
    build({ w: { shape: [1], data_offsets: [0, 4] } }, 4),
    'm: tensor "w": expected dtype F32, F64, F16, I64 or I8, found nothing; convert it to float32',
  ],
  ...([[-1], [1.5], ['2'], [2 ** 53], 4, null] as const).map(
    (shape) =>
      [
        `shape ${JSON.stringify(shape)}`,
        build({ w: f32(shape, 0, 4) }, 4),
        `m: damaged: tensor "w": expected a shape of non-negative integers, found ${JSON.stringify(shape)}${RESTORE}`,
      ] as const,
  ),
  [
    'shape whose product overflows',
    build({ w: f32([2 ** 30, 2 ** 30], 0, 4) }, 4),
    `m: damaged: tensor "w": shape [1073741824,1073741824] is too large${RESTORE}`,
  ],
  ...([[0], [0, 4, 8], [4, 0], [-4, 0], [0, 4.5], ['0', '4']] as const).map(
    (offsets) =>
      [
        `data_offsets ${JSON.stringify(offsets)}`,
        build({ w: { dtype: 'F32', shape: [1], data_offsets: offsets } }, 4),
        `m: damaged: tensor "w": expected data_offsets [begin, end], found ${JSON.stringify(offsets)}${RESTORE}`,
      ] as const,
  ),
  [
    'size and shape differ',
    build({ w: f32([2, 3], 0, 20) }, 20),
    `m: damaged: tensor "w": F32 [2,3] takes 24 bytes, its data_offsets [0,20] hold 20${RESTORE}`,
  ],
  [
    'I8 with the bytes of F32',
    build({ w: { ...f32([2, 3], 0, 24), dtype: 'I8' } }, 24),
    `m: damaged: tensor "w": I8 [2,3] takes 6 bytes, its data_offsets [0,24] hold 24${RESTORE}`,
  ],
  [
    'F16 of an odd number of bytes',
    build({ w: { ...f32([2], 0, 3), dtype: 'F16' } }, 3),
    `m: damaged: tensor "w": F16 [2] takes 4 bytes, its data_offsets [0,3] hold 3${RESTORE}`,
  ],
  [
    'overlap',
    build({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12),
    `m: damaged: tensor "b": expected to begin at byte 8 of the data, found 4: an overlap of 4 bytes${RESTORE}`,
  ],
  [
    'hole',
    build({ a: f32([2], 0, 8), b: f32([1], 12, 16) }, 16),
    `m: damaged: tensor "b": expected to begin at byte 8 of the data, found 12: a gap of 4 bytes${RESTORE}`,
  ],
  [
    'the same name twice',
    build(
      '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
      8,
    ),
    `m: damaged: tensor "w": expected to begin at byte 0 of the data, found 4: a gap of 4 bytes${RESTORE}`,
  ],
  [
    'file cut short',
    build({ w: f32([1000, 1000], 0, 4_000_000) }, 12),
    `m: damaged: cut short: expected 4000000 bytes of data, found 12${RESTORE}`,
  ],
  [
    'bytes after the end',
    build({ w: f32([1], 0, 4) }, 7),
    `m: damaged: expected 4 bytes of data, found 7: 3 too many${RESTORE}`,
  ],
];

for (const [title, bytes, message] of MALFORMED) {
  test(`refused: ${title}`, async () => assert.is(await messageOf(bytes), message));
}

test('a long or nested value makes a short error', async () => {
  const long = await messageOf(build({ ['n'.repeat(5000)]: { dtype: 'x'.repeat(5000) } }, 0));
  assert.ok(long.length < 300, long);
  const nested = await messageOf(build({ w: f32([[[[1]]]], 0, 4) }, 4));
  assert.match(nested, 'found [[[[…]]]];');
});

const SAMPLE: readonly (readonly [string, StoredTensor])[] = [
  ['w', { dtype: 'F32', shape: [1, 3], data: Float32Array.of(1.5, -2, Number.NaN) }],
  ['10', { dtype: 'I64', shape: [], data: BigInt64Array.of(-(2n ** 63n)) }],
  ['9', { dtype: 'F64', shape: [2], data: Float64Array.of(Math.PI, Number.NEGATIVE_INFINITY) }],
  ['__proto__', { dtype: 'F32', shape: [0, 7], data: new Float32Array(0) }],
  ['h', { dtype: 'F16', shape: [3], data: Uint16Array.of(0x3c00, 0xfe00, 1) }],
  ['q', { dtype: 'I8', shape: [2, 1], data: Int8Array.of(-128, 127) }],
];

/** Tensors with their bytes in hexadecimal, as NaN is not equal to itself. */
function bits(tensors: Iterable<readonly [string, StoredTensor]>) {
  return Array.from(tensors, ([name, { dtype, shape, data }]) => {
    return [name, dtype, shape, Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')];
  });
}

test('the layout of a written file', async () => {
  const bytes = await writeSafetensors(SAMPLE, { config: '{"depth":4}' });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  const data = bytes.subarray(8 + length);
  assert.is(length % 8, 0);
  assert.is(data.length, 12 + 8 + 16 + 6 + 2);
  const header = JSON.parse(text);
  assert.is(header.__metadata__.config, '{"depth":4}');
  assert.is(header.__metadata__.sha256, createHash('sha256').update(data).digest('hex'));
  assert.equal(header['9'], { dtype: 'F64', shape: [2], data_offsets: [20, 36] });
  assert.equal(header.h, { dtype: 'F16', shape: [3], data_offsets: [36, 42] });
  assert.equal(header.q, { dtype: 'I8', shape: [2, 1], data_offsets: [42, 44] });
});

test('round trip keeps names, order, shapes and bits, from unaligned bytes too', async () => {
  const bytes = await writeSafetensors(SAMPLE, { note: 'é', __proto__x: '' });
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  for (const view of [bytes, shifted.subarray(3), Buffer.from(bytes)]) {
    const { tensors, metadata } = await readSafetensors(view, 'm');
    assert.equal(bits(tensors), bits(SAMPLE));
    assert.is(metadata.note, 'é');
  }
});

test('tensors lie in the bytes where they are aligned there, else in copies', async () => {
  const bytes = await writeSafetensors(SAMPLE);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  const bufferOf = async (read: Uint8Array) => (await readSafetensors(read, 'm')).tensors.get('w')!.data.buffer;
  assert.is(await bufferOf(bytes), bytes.buffer);
  assert.is.not(await bufferOf(shifted.subarray(1)), shifted.buffer);
});

test('round trip of random files', async () => {
  const letters = [...'abcXYZ._/ "\\\n', 'ä', '層', '🧠', '\u2028'];
  for (let seed = 0; seed < 300; seed++) {
    const random = new Random(fold(seedKey(seed), 'safetensors'));
    const tensors = new Map<string, StoredTensor>();
    for (let n = random.integer(6); n > 0; n--) {
      const name = Array.from({ length: random.integer(8) }, () => letters[random.integer(letters.length)]).join('');
      const shape = Array.from({ length: random.integer(4) }, () => random.integer(5));
      const length = shape.reduce((a, b) => a * b, 1);
      const words = Uint32Array.from({ length: 2 * length }, () => random.word());
      const kind = random.integer(5);
      if (kind === 0) tensors.set(name, { dtype: 'F32', shape, data: new Float32Array(words.buffer, 0, length) });
      if (kind === 1) tensors.set(name, { dtype: 'F64', shape, data: new Float64Array(words.buffer) });
      if (kind === 2) tensors.set(name, { dtype: 'I64', shape, data: new BigInt64Array(words.buffer) });
      if (kind === 3) tensors.set(name, { dtype: 'F16', shape, data: new Uint16Array(words.buffer, 0, length) });
      if (kind === 4) tensors.set(name, { dtype: 'I8', shape, data: new Int8Array(words.buffer, 0, length) });
    }
    const bytes = await writeSafetensors(tensors, { seed: `${seed}` });
    const read = await readSafetensors(bytes, 'm');
    assert.equal(bits(read.tensors), bits(tensors));
    assert.equal(await writeSafetensors(read.tensors, read.metadata), bytes, 'written again, the same bytes');
  }
});

test('files without checksums are read without', async () => {
  const bytes = build({ w: f32([2], 0, 8), __metadata__: { format: 'pt' } }, 8);
  bytes.set(new Uint8Array(Float32Array.of(1, 2).buffer), bytes.length - 8);
  const { tensors, metadata } = await readSafetensors(bytes, 'm');
  assert.equal(tensors.get('w')!.data, Float32Array.of(1, 2));
  assert.equal(metadata, { format: 'pt' });
});

test('a flipped bit in data or header is named with both digests', async () => {
  const bytes = await writeSafetensors([['w', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }]], {
    mean: '0.5',
  });
  const stated = (await readSafetensors(bytes, 'm')).metadata;
  const inData = bytes.slice();
  inData[bytes.length - 1]! ^= 1;
  const found = createHash('sha256').update(inData.subarray(-8)).digest('hex');
  assert.is(
    await messageOf(inData, 'run/model.safetensors'),
    `run/model.safetensors: damaged: SHA-256 of the data is ${found}, the header says "${stated.sha256}"${RESTORE}`,
  );
  const inHeader = Buffer.from(bytes);
  inHeader[inHeader.indexOf('0.5') + 2]! ^= 1;
  assert.match(
    await messageOf(inHeader),
    new RegExp(`SHA-256 of the header is .{64}, the header says "${stated.headerSha256}"`),
  );
});

test('of all single bit flips and truncations of a written file, none is read as something else', async () => {
  const bytes = await writeSafetensors(SAMPLE, { config: 'x' });
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    if ((await messageOf(flipped)) !== 'no error') continue;
    // Only the name of the header's checksum may change unseen.
    const { tensors, metadata } = await readSafetensors(flipped, 'm');
    assert.equal(bits(tensors), bits(SAMPLE));
    assert.is(metadata.config, 'x');
    assert.is(metadata.headerSha256, undefined);
  }
  for (let size = 0; size < bytes.length; size++) {
    assert.is.not(await messageOf(bytes.subarray(0, size)), 'no error', `the first ${size} bytes`);
  }
});

test('2000 damaged files without checksums: nothing but InputError, and no allocation beyond the file', async () => {
  const original = build(
    { __metadata__: { a: 'b' }, w: f32([2, 2], 0, 16), b: f32([3], 16, 28), c: f32([], 28, 32) },
    32,
  );
  const Real = Uint8Array;
  let largest = 0;
  const counting: typeof Uint8Array = new Proxy(Real, {
    construct(target, args, self) {
      if (typeof args[0] === 'number') largest = Math.max(largest, args[0]);
      return Reflect.construct(target, args, self === counting ? Real : self);
    },
  });
  for (let seed = 0; seed < 2000; seed++) {
    const random = new Random(fold(seedKey(seed), 'damage'));
    const bytes = original.slice(0, random.integer(4) ? original.length : random.integer(original.length + 1));
    for (let n = random.integer(4) + 1; n > 0 && bytes.length > 0; n--) {
      const at = random.integer(bytes.length);
      // Half of the flips turn a byte into one that means something in JSON.
      const digits = '0123456789-.e[]{},:"';
      if (random.integer(2)) bytes[at] = random.integer(256);
      else bytes[at] = digits.charCodeAt(random.integer(digits.length));
    }
    globalThis.Uint8Array = counting;
    try {
      await messageOf(bytes);
    } finally {
      globalThis.Uint8Array = Real;
    }
  }
  assert.ok(largest <= original.length, `${largest} bytes were allocated for a file of ${original.length}`);
});

test('a wrong tensor is a fault of the caller', async () => {
  const write = async (name: string, shape: number[]) =>
    writeSafetensors([[name, { dtype: 'F32', shape, data: new Float32Array(3) }]]).then(
      () => 'no error',
      (error: Error) => error.message,
    );
  assert.is(await write('w', [2]), 'internal: tensor w: shape [2] is not that of 3 numbers');
  assert.is(await write('__metadata__', [3]), 'internal: a tensor is named __metadata__');
});

test('assertFinite names file, tensor and index', () => {
  assertFinite('m', 'w', Float32Array.of(0, -1, 3.4e38));
  const advice = 'the training that wrote it diverged or the file is damaged: use another checkpoint';
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    assert.throws(
      () => assertFinite('m', 'conv.w', Float32Array.of(0, 1, value, Number.NaN)),
      (error: Error) =>
        error instanceof InputError &&
        error.message === `m: tensor "conv.w" holds ${value} at index 2, expected finite numbers; ${advice}`,
    );
  }
});

test('SHA-256 of any length, in both ways', async () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length);
    const expected = createHash('sha256').update(bytes).digest('hex');
    assert.is(await sha256(bytes), expected);
    assert.is(sha256Portable(bytes), expected);
  }
  const shared = new Uint8Array(new SharedArrayBuffer(3)).fill(97);
  assert.is(await sha256(shared), createHash('sha256').update('aaa').digest('hex'));
});

test.run();
