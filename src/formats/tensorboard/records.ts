/**
 * TFRecord, the framing of event files: the length in 8 bytes, the masked CRC-32C of these, the data, the masked CRC-32C of
 * the data; all little-endian.
 */
import { crc32c } from '../../base/crc32.js';

const HEAD = 12;
const TAIL = 4;

/** A checksum of data that holds checksums is weak, so they are rotated and moved. */
function masked(bytes: Uint8Array): number {
  const sum = crc32c(bytes);
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
}

/** Frames the data of one record. */
export function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD + data.length + TAIL);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(bytes.subarray(0, 8)), true);
  bytes.set(data, HEAD);
  view.setUint32(HEAD + data.length, masked(data), true);
  return bytes;
}

/** Goes through the whole records of a file, up to one that is damaged or cut short; `end` is where a record ends. */
export function* recordsOf(file: Uint8Array): Generator<{ readonly data: Uint8Array; readonly end: number }> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let start = 0; start + HEAD <= file.length; ) {
    const length = Number(view.getBigUint64(start, true));
    const end = start + HEAD + length + TAIL;
    if (view.getUint32(start + 8, true) !== masked(file.subarray(start, start + 8)) || end > file.length) return;
    const data = file.subarray(start + HEAD, end - TAIL);
    if (view.getUint32(end - TAIL, true) !== masked(data)) return;
    yield { data, end };
    start = end;
  }
}
