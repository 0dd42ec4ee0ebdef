/** The file of a checkpoint: what comes back is what was written, bit for bit, or an error. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Values } from '../../src/backend/backend.js';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../../src/formats/safetensors.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../src/train/checkpoint/checkpoint.js';
import { messageOf } from '../support/faults.js';
import { checkpointOf, numberOf } from '../support/training/checkpoints.js';

const RESTORE = '; restore the file from a copy';

/** The file in one piece. */
async function encoded(checkpoint: Checkpoint): Promise<Uint8Array> {
  return new Uint8Array(Buffer.concat(await encodeCheckpoint(checkpoint)));
}

async function faultOf(state: unknown): Promise<string> {
  try {
    await encodeCheckpoint({ state: state as Record<string, unknown>, tensors: new Map() });
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

test('the state comes back as it was: doubles bit for bit, any text, nested', async () => {
  const bits = new DataView(new ArrayBuffer(8));
  const doubles = Array.from({ length: 2000 }, (_, k) => {
    bits.setUint32(0, Math.imul(k, 0x9e3779b9));
    bits.setUint32(4, Math.imul(k, 0x85ebca6b));
    return bits.getFloat64(0);
  }).filter(Number.isFinite);
  const numbers = [...doubles, 0, -0, 5e-324, -Number.MAX_VALUE, 1e21, 1e-7, 2 ** 53, 0.1];
  assert.ok(numbers.length > 1900);
  const state = {
    numbers,
    text: 'ä\n"\u2028\ud800',
    '0': null,
    nested: { list: [[], {}, [true, false]] },
    'a.b': '',
  };
  const { state: read } = await decodeCheckpoint(await encoded({ state, tensors: new Map() }), 'c');
  assert.equal(read, state);
  for (const [k, n] of (read.numbers as number[]).entries()) assert.ok(Object.is(n, numbers[k]), `${n}`);
});

test('tensors come back bit for bit, also those without elements, of shared memory, and of doubles', async () => {
  const odd = new Float32Array(Uint32Array.of(0x7fc00001, 0xff800000, 0x80000000, 1).buffer);
  const shared = new Float32Array(new SharedArrayBuffer(16)).fill(0.1);
  const tensors = new Map<string, Values>([
    ['trainable', odd],
    ['none', new Float32Array(0)],
    ['shared', shared.subarray(1, 3)],
    ['double', Float64Array.of(Math.PI, Number.NaN)],
  ]);
  const read = await decodeCheckpoint(await encoded({ state: {}, tensors }), 'c');
  assert.equal([...read.tensors.keys()], [...tensors.keys()]);
  for (const [name, data] of tensors) {
    const copy = read.tensors.get(name)!;
    assert.is(copy.constructor, data.constructor);
    assert.ok(bytesOf(copy).equals(bytesOf(data)), name);
  }
});

function bytesOf({ buffer, byteOffset, byteLength }: Values): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

test('its tensors are those of the caller: nothing is copied', async () => {
  const { tensors, ...rest } = checkpointOf(1);
  const parts = await encodeCheckpoint({ tensors, ...rest });
  assert.equal(
    parts.slice(1).map(({ buffer }) => buffer),
    [...tensors.values()].map(({ buffer }) => buffer),
  );
  const [first, ...others] = tensors;
  const shared = new Float32Array(new SharedArrayBuffer(first![1].byteLength));
  shared.set(first![1]);
  const again = await encodeCheckpoint({ tensors: new Map([[first![0], shared], ...others]), ...rest });
  assert.ok(Buffer.concat(again).equals(Buffer.concat(parts)), 'also from shared memory');
});

test('a state that JSON cannot hold is a fault of the caller, named by its place; undefined fields are left out', async () => {
  assert.is(
    await faultOf({ best: { loss: [1, NaN] } }),
    'internal: checkpoint: state.best.loss[1] is NaN, which JSON cannot hold',
  );
  assert.is(
    await faultOf({ patience: Infinity }),
    'internal: checkpoint: state.patience is Infinity, which JSON cannot hold',
  );
  assert.is(await faultOf({ at: new Map() }), 'internal: checkpoint: state.at is no value of JSON: [object Map]');
  assert.match(await faultOf({ list: [undefined] }), 'state.list[0] is no value of JSON');
  assert.match(await faultOf({ n: 1n }), 'state.n is no value of JSON');
  assert.match(await faultOf({ date: new Date(0) }), 'state.date is no value of JSON');
  const { state } = await decodeCheckpoint(await encoded({ state: { a: undefined }, tensors: new Map() }), 'c');
  assert.equal(state, {});
});

test('of all bytes of a file, none can change, and no cut goes unseen', async () => {
  const bytes = await encoded(checkpointOf(5, 1));
  for (let at = 0; at < bytes.length; at++) {
    for (const flip of [1, 0x20, 0x80, 0xff]) {
      const damaged = bytes.slice();
      damaged[at]! ^= flip;
      assert.is.not(await messageOf(decodeCheckpoint(damaged, 'c')), 'no error', `byte ${at} ^ ${flip}`);
    }
  }
  for (let size = 0; size < bytes.length; size++) {
    assert.is.not(
      await messageOf(decodeCheckpoint(bytes.subarray(0, size), 'c')),
      'no error',
      `the first ${size} bytes`,
    );
  }
  assert.is.not(await messageOf(decodeCheckpoint(Uint8Array.of(...bytes, 0), 'c')), 'no error', 'a byte more');
});

test('of a larger file, a flipped bit in any region is found', async () => {
  const length = 50_000;
  const bytes = await encoded(checkpointOf(5, length));
  for (let at = 0; at < bytes.length; at += 5003) {
    bytes[at]! ^= 4;
    assert.match(await messageOf(decodeCheckpoint(bytes, 'c')), /^c: (damaged|not a safetensors file)/, `byte ${at}`);
    bytes[at]! ^= 4;
  }
  assert.is(numberOf(await decodeCheckpoint(bytes, 'c'), length), 5);
});

/** What is said of a file that was written with other metadata and tensors. */
async function refusal(change: Record<string, string>, tensors: [string, StoredTensor][] = []): Promise<string> {
  const metadata = { format: 'unetpp checkpoint', version: '1', state: '{}', ...change };
  return messageOf(decodeCheckpoint(await writeSafetensors(tensors, metadata), 'c'));
}

test('files of another kind are refused', async () => {
  assert.is(await refusal({}), 'no error');
  const advice = '(its metadata has no format "unetpp checkpoint"); give a file that a training wrote';
  assert.is(await refusal({ format: 'unetpp' }), `c: not a checkpoint of unetpp ${advice}`);
  assert.is(await refusal({ version: '2' }), 'c: has checkpoint version "2", expected "1"; update unetpp');
  assert.is(await refusal({ state: '[1]' }), `c: state: expected a JSON object, found [1]${RESTORE}`);
  assert.is(await refusal({ state: '{"step":' }), 'c: state: not valid JSON at line 1, column 9');
  const integers = { dtype: 'I64', shape: [1], data: BigInt64Array.of(1n) } as const;
  assert.is(await refusal({}, [['m', integers]]), `c: tensor "m" is I64 [1], expected one row of floats${RESTORE}`);
  const square = { dtype: 'F32', shape: [2, 2], data: new Float32Array(4) } as const;
  assert.is(await refusal({}, [['m', square]]), `c: tensor "m" is F32 [2,2], expected one row of floats${RESTORE}`);
});

test('a file without checksums is refused, as nothing vouches for it', async () => {
  const bytes = await encoded(checkpointOf(1));
  for (const name of ['"sha256"', '"headerSha256"']) {
    const text = Buffer.from(bytes).toString('latin1').replace(name, name.replace('sha', 'SHA').replace('Sha', 'sHA'));
    const renamed = new Uint8Array(Buffer.from(text, 'latin1'));
    const message = await messageOf(decodeCheckpoint(renamed, 'c'));
    if (name === '"headerSha256"') assert.is(message, `c: damaged: a checksum is missing${RESTORE}`);
    else assert.match(message, 'c: damaged: SHA-256 of the header is');
  }
  const { metadata } = await readSafetensors(bytes, 'c');
  assert.is(Object.keys(metadata).length, 5);
});

test.run();
