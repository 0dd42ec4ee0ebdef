/**
 * The safetensors format: 8 bytes N (little-endian), N bytes of JSON, then the numbers. The JSON maps each tensor's name
 * to `{ dtype, shape, data_offsets: [begin, end] }`, and `__metadata__` to a map of strings.
 * https://huggingface.co/docs/safetensors
 *
 * The format has no checksum. Files written here carry two in `__metadata__`, checked on load where they are present:
 * `sha256` of the numbers, and `headerSha256` of the JSON (with its own 64 digits as zeros), because a flipped bit in
 * the preprocessing spoils a prediction as surely as one in a weight.
 */

import { asBytes } from '../base/bytes.js';
import { InputError, invariant } from '../base/errors.js';
import { parseJson } from '../base/json.js';
import { roundUp } from '../base/multiples.js';
import { sha256 } from '../base/sha256.js';
import { show } from '../base/show.js';
import { kindBySignature } from './signature.js';

/** A tensor as it lies in a file: row-major, `data` of as many elements as `shape` says ([] is a single number). */
export type StoredTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'F64'; readonly shape: readonly number[]; readonly data: Float64Array }
  /** Numbers of 16 bits by their bits, see `fromFloat16`. */
  | { readonly dtype: 'F16'; readonly shape: readonly number[]; readonly data: Uint16Array }
  | { readonly dtype: 'I8'; readonly shape: readonly number[]; readonly data: Int8Array }
  | { readonly dtype: 'I64'; readonly shape: readonly number[]; readonly data: BigInt64Array };

export interface SafetensorsFile {
  readonly metadata: Record<string, string>;
  /** The tensors in the order of their numbers in the file; empty ones are in any order among themselves. */
  readonly tensors: Map<string, StoredTensor>;
}

type Dtype = StoredTensor['dtype'];

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The format's own limit, in bytes. */
const MAX_HEADER = 100_000_000;
const ITEM_BYTES: Readonly<Record<Dtype, number>> = { F32: 4, F64: 8, F16: 2, I64: 8, I8: 1 };
const NO_DIGEST = '0'.repeat(64);

/**
 * Reads a file from an untrusted source: every size, offset and shape is checked before anything is allocated.
 * @param bytes must not change afterwards: tensors that are aligned in it, as those of files written here are, stay there
 * @param file the file's name, for errors
 * @throws InputError that names the file, what was expected, what was found and what to do
 */
export async function readSafetensors(bytes: Uint8Array, file: string): Promise<SafetensorsFile> {
  const header = headerText(bytes, file);
  const { metadata, entries } = parseHeader(header.text, file);
  checkLayout(entries, bytes.length - header.end, file);
  await verifyChecksums(bytes, header, metadata, file);

  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    tensors.set(name, asTensor(dtype, shape, bytes.subarray(header.end + begin, header.end + end)));
  }
  return { metadata, tensors };
}

/**
 * Encodes a file with `tensors` in the order given, one straight after the other, and the checksums added to
 * `metadata`. The numbers are copied before the first wait, so that training may continue meanwhile.
 */
export async function writeSafetensors(
  tensors: Iterable<readonly [string, StoredTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  const list = [...tensors];
  const total = list.reduce((sum, [, tensor]) => sum + tensor.data.byteLength, 0);
  const start = 8 + headerJson(list, { ...metadata, headerSha256: NO_DIGEST, sha256: NO_DIGEST }).length;
  const bytes = new Uint8Array(start + total);
  let at = start;
  for (const [, { data }] of list) {
    bytes.set(asBytes(data), at);
    at += data.byteLength;
  }
  bytes.set(await sealedHeader(list, metadata, await sha256(bytes.subarray(start))));
  return bytes;
}

/** Computes the SHA-256 of consecutive parts, in hexadecimal digits. */
export type HashParts = (parts: readonly Uint8Array[]) => string | Promise<string>;

/**
 * Encodes the same file in parts: its header, and after it the memory of the tensors as it is, without a copy. It must
 * not change until the parts are written.
 */
export async function safetensorsParts(
  tensors: Iterable<readonly [string, StoredTensor]>,
  metadata: Readonly<Record<string, string>>,
  hash: HashParts,
): Promise<Uint8Array[]> {
  const list = [...tensors];
  const parts = list.map(([, { data }]) => asBytes(data));
  return [await sealedHeader(list, metadata, await hash(parts)), ...parts];
}

/** All that comes before the numbers. */
async function sealedHeader(
  list: readonly (readonly [string, StoredTensor])[],
  metadata: Readonly<Record<string, string>>,
  dataSha256: string,
): Promise<Uint8Array> {
  const digests = { headerSha256: NO_DIGEST, sha256: dataSha256 };
  digests.headerSha256 = await sha256(headerJson(list, { ...metadata, ...digests }));
  const json = headerJson(list, { ...metadata, ...digests });
  const bytes = new Uint8Array(8 + json.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

/** @throws InputError if a number of `data` is NaN or infinite; it names file, tensor and the first such index. */
export function assertFinite(file: string, tensor: string, data: Float32Array | Float64Array): void {
  let index = 0;
  while (index < data.length && Number.isFinite(data[index])) index++;
  if (index === data.length) return;
  throw new InputError(
    `${file}: tensor ${show(tensor)} holds ${data[index]} at index ${index}, expected finite numbers; ` +
      'the training that wrote it diverged or the file is damaged: use another checkpoint',
  );
}

/** The JSON as text, and where the numbers begin. */
function headerText(bytes: Uint8Array, file: string): { text: string; end: number } {
  const size = bytes.length;
  if (size < 8) throw notSafetensors(bytes, file, `expected 8 bytes or more, found ${size}`);
  const claimed = new DataView(bytes.buffer, bytes.byteOffset, size).getBigUint64(0, true);
  if (claimed > BigInt(MAX_HEADER))
    throw notSafetensors(
      bytes,
      file,
      `expected a header of ${MAX_HEADER} bytes at most, found one of ${claimed} claimed`,
    );
  const end = 8 + Number(claimed);
  if (end > size) throw damaged(file, `cut short: the header ends at byte ${end}, the file has ${size}`);
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    // A copy, as browsers do not decode shared memory.
    return { text: decoder.decode(new Uint8Array(bytes.subarray(8, end))), end };
  } catch {
    throw notSafetensors(bytes, file, 'expected a header in UTF-8, found other bytes');
  }
}

function parseHeader(text: string, file: string): { metadata: Record<string, string>; entries: Entry[] } {
  let header: unknown;
  try {
    header = parseJson(text, file);
  } catch {
    throw damaged(file, `expected a header in JSON, found ${show(text)}`);
  }
  if (!isObject(header)) throw damaged(file, `expected a JSON object as header, found ${show(header)}`);
  let metadata: Record<string, string> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = parseMetadata(value, file);
    else entries.push(parseEntry(name, value, file));
  }
  return { metadata, entries };
}

function parseMetadata(value: unknown, file: string): Record<string, string> {
  const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';
  if (!isObject(value)) throw damaged(file, `__metadata__: expected an object, found ${show(value)}`);
  const pairs = Object.entries(value);
  const wrong = pairs.find((pair) => !isText(pair));
  if (wrong) throw damaged(file, `__metadata__: expected a string for ${show(wrong[0])}, found ${show(wrong[1])}`);
  return Object.fromEntries(pairs.filter(isText));
}

/** One tensor's entry, its byte range in agreement with its shape. */
function parseEntry(name: string, value: unknown, file: string): Entry {
  const fail = (what: string) => damaged(file, `tensor ${show(name)}: ${what}`);
  if (!isObject(value)) throw fail(`expected an object, found ${show(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype))
    throw new InputError(
      `${file}: tensor ${show(name)}: expected dtype F32, F64, F16, I64 or I8, found ${show(dtype)}; convert it to float32`,
    );
  if (!isSizes(shape)) throw fail(`expected a shape of non-negative integers, found ${show(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!)
    throw fail(`expected data_offsets [begin, end], found ${show(offsets)}`);
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce((product, n) => product * n, ITEM_BYTES[dtype]);
  if (!Number.isSafeInteger(size)) throw fail(`shape ${show(shape)} is too large`);
  if (end - begin !== size)
    throw fail(`${dtype} ${show(shape)} takes ${size} bytes, its data_offsets ${show(offsets)} hold ${end - begin}`);
  return { name, dtype, shape, begin, end };
}

/** Sorts `entries` by offset; they must fill the `found` bytes after the header without gap or overlap. */
function checkLayout(entries: Entry[], found: number, file: string): void {
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== at) {
      const what = begin > at ? `a gap of ${begin - at}` : `an overlap of ${at - begin}`;
      throw damaged(
        file,
        `tensor ${show(name)}: expected to begin at byte ${at} of the data, found ${begin}: ${what} bytes`,
      );
    }
    at = end;
  }
  if (found < at) throw damaged(file, `cut short: expected ${at} bytes of data, found ${found}`);
  if (found > at) throw damaged(file, `expected ${at} bytes of data, found ${found}: ${found - at} too many`);
}

async function verifyChecksums(
  bytes: Uint8Array,
  header: { text: string; end: number },
  metadata: Readonly<Record<string, string>>,
  file: string,
): Promise<void> {
  const { headerSha256, sha256: dataSha256 } = metadata;
  if (headerSha256 !== undefined) {
    const found = await sha256(new TextEncoder().encode(header.text.replace(headerSha256, NO_DIGEST)));
    if (found !== headerSha256) throw mismatch(file, 'header', found, headerSha256);
  }
  if (dataSha256 !== undefined) {
    const found = await sha256(bytes.subarray(header.end));
    if (found !== dataSha256) throw mismatch(file, 'data', found, dataSha256);
  }
}

/** The header's bytes, filled up with spaces so that the numbers begin at a multiple of 8. */
function headerJson(
  tensors: readonly (readonly [string, StoredTensor])[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  // Written out by hand: an object would put names like "0" first and lose "__proto__". The digest of the header comes
  // first, so that it is the first thing in the text that looks like itself.
  const { headerSha256, ...others } = metadata;
  const pairs = [['headerSha256', headerSha256!] as const, ...Object.entries(others)];
  const parts = [`"__metadata__":{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)}}`];
  let begin = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    invariant(name !== '__metadata__', 'a tensor is named __metadata__');
    const size = shape.reduce((product, n) => product * n, 1);
    invariant(size === data.length, `tensor ${name}: shape [${shape}] is not that of ${data.length} numbers`);
    const end = begin + data.byteLength;
    parts.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
    begin = end;
  }
  const json = new TextEncoder().encode(`{${parts.join()}}`);
  const padded = new Uint8Array(roundUp(json.length, 8)).fill(0x20);
  padded.set(json);
  return padded;
}

/** The numbers that lie in `bytes`, or in a copy of them where those are not aligned. */
function asTensor(dtype: Dtype, shape: readonly number[], bytes: Uint8Array): StoredTensor {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % ITEM_BYTES[dtype] === 0 ? bytes : new Uint8Array(bytes);
  const length = byteLength / ITEM_BYTES[dtype];
  if (dtype === 'F32') return { dtype, shape, data: new Float32Array(buffer, byteOffset, length) };
  if (dtype === 'F64') return { dtype, shape, data: new Float64Array(buffer, byteOffset, length) };
  if (dtype === 'F16') return { dtype, shape, data: new Uint16Array(buffer, byteOffset, length) };
  if (dtype === 'I8') return { dtype, shape, data: new Int8Array(buffer, byteOffset, length) };
  return { dtype, shape, data: new BigInt64Array(buffer, byteOffset, length) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(ITEM_BYTES, value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function damaged(file: string, what: string): InputError {
  return new InputError(`${file}: damaged: ${what}; restore the file from a copy`);
}

function mismatch(file: string, part: string, found: string, stated: string): InputError {
  return damaged(file, `SHA-256 of the ${part} is ${found}, the header says ${show(stated)}`);
}

/** PyTorch's own files (zip or pickle) are the ones most often taken for safetensors. */
function notSafetensors(bytes: Uint8Array, file: string, what: string): InputError {
  const kind = kindBySignature(bytes);
  if (kind !== undefined) {
    return new InputError(`${file}: is ${kind}, expected a model file; give one that ends in .safetensors`);
  }
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const isPickle = bytes[0] === 0x80;
  const advice =
    isZip || isPickle
      ? 'it looks like a PyTorch file: write it again with safetensors.torch.save_file'
      : 'give a .safetensors file, or restore it from a copy';
  return new InputError(`${file}: not a safetensors file: ${what}; ${advice}`);
}
