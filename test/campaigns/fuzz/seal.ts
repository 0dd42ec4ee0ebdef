/** Changes that get past the checksums, which are worked out anew: what lies behind them must be checked, too. */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Random } from '../../../src/base/random.js';
import { chunk } from '../../fixtures/png.js';
import { mutate } from './mutate.js';
import { mutateJson } from './mutate-json.js';

const NO_DIGEST = '0'.repeat(64);
/** In a file of ours the digest of the header comes first, and that of the numbers is the last digest in it. */
const HEADER_DIGEST = /"headerSha256":"([^"]{64})"/;
const DATA_DIGEST = /"sha256":"[^"]{64}"/;

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A safetensors file with its header changed as JSON, the JSON within it too, or with its numbers changed. */
export function mutateSafetensors(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const end = 8 + Number(Buffer.from(bytes.buffer, bytes.byteOffset, 8).readBigUInt64LE());
  const header = JSON.parse(Buffer.from(bytes.subarray(8, end)).toString());
  const inNumbers = random.integer(4) === 0;
  const data = inNumbers ? mutate(bytes.subarray(end), random, other) : bytes.subarray(end);
  const text = inNumbers ? JSON.stringify(header) : mutateHeader(header, random);
  return sealed(text, data);
}

function mutateHeader(header: { __metadata__: Record<string, string> }, random: Random): string {
  const fields = Object.keys(header.__metadata__).filter((name) => header.__metadata__[name]!.startsWith('{'));
  const field = fields[random.integer(fields.length + 1)];
  if (field === undefined || random.integer(3) === 0) return mutateJson(header, random);
  const own = mutateJson(JSON.parse(header.__metadata__[field]!), random);
  return JSON.stringify({ ...header, __metadata__: { ...header.__metadata__, [field]: own } });
}

function sealed(text: string, data: Uint8Array): Buffer {
  const blank = text
    .replace(DATA_DIGEST, () => `"sha256":"${sha256(data)}"`)
    .replace(HEADER_DIGEST, `"headerSha256":"${NO_DIGEST}"`);
  const whole = blank.replace(HEADER_DIGEST, () => `"headerSha256":"${sha256(blank)}"`);
  const json = Buffer.from(whole);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

/** What is in a file, with or without gzip, changed and put into gzip. */
export function mutateGzip(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const inside = (file: Uint8Array) => (file[0] === 0x1f ? gunzipSync(file) : file);
  return gzipSync(mutate(inside(bytes), random, inside(other)));
}

/** A PNG with some of its chunks changed, and their checksums right. */
export function mutatePng(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = countChunks(view);
  const changed = random.integer(count);
  for (let at = 8, k = 0; at < bytes.length; k++) {
    const size = view.readUInt32BE(at);
    const type = view.toString('latin1', at + 4, at + 8);
    const data = bytes.subarray(at + 8, at + 8 + size);
    parts.push(
      k === changed
        ? chunk(type, data.length > 0 ? mutate(data, random, other) : data)
        : view.subarray(at, at + size + 12),
    );
    at += size + 12;
    // Now and then twice, or not at all.
    const fate = random.integer(12);
    if (fate === 0) parts.push(parts.at(-1)!);
    if (fate === 1) parts.pop();
  }
  return Buffer.concat(parts);
}

function countChunks(file: Buffer): number {
  let count = 0;
  for (let at = 8; at < file.length; at += file.readUInt32BE(at) + 12) count++;
  return count;
}
