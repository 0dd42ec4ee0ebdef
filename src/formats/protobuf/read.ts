/**
 * Reads the protobuf wire format from an untrusted source. A length is compared with what is left before anything is
 * made of it, and nothing is copied: what a field holds is a range of the file.
 */
import { InputError } from '../../base/errors.js';

/** A range of a file: the content of a message, of a text or of a list of numbers. */
export interface Part {
  /** All bytes of the file. */
  readonly bytes: Uint8Array;
  /** The name of the file, for errors. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** A field of a message. It holds a whole number, or else a range of bytes. */
export interface Field extends Part {
  readonly number: number;
  /** The whole number, as signed 64 bits; rounded beyond 2^53. */
  readonly integer?: number;
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** The error for a file that is not what its own fields say. */
export function damaged({ file }: Part, at: number, what: string): InputError {
  return new InputError(`${file}: damaged: at byte ${at}: ${what}; restore the file from a copy, or export it again`);
}

/** The fields of a message, in the order of the file. @throws InputError for what is no message */
export function* fieldsOf({ bytes, file, start, end }: Part): Generator<Field> {
  let at = start;
  while (at < end) {
    const tag = varint({ bytes, file, start: at, end });
    const [number, wireType] = [Math.floor(tag.value / 8), tag.value & 7];
    const place = { bytes, file, start: tag.end, end };
    if (number < 1 || number > 2 ** 29) throw damaged(place, at, `a field of number ${number}`);
    if (wireType === VARINT) {
      const { value: integer, end: next } = varint(place);
      yield { ...place, number, integer, end: next };
      at = next;
    } else {
      const length = lengthOf(wireType, place, at);
      const from = wireType === BYTES ? varint(place).end : tag.end;
      if (length < 0 || length > end - from) {
        throw damaged(place, at, `field ${number} takes ${length} bytes, ${end - from} are left`);
      }
      yield { bytes, file, number, start: from, end: from + length };
      at = from + length;
    }
  }
}

function lengthOf(wireType: number, place: Part, at: number): number {
  if (wireType === BYTES) return varint(place).value;
  if (wireType === FIXED32) return 4;
  if (wireType === FIXED64) return 8;
  throw damaged(place, at, `a field of wire type ${wireType}`);
}

/** The whole number of a field. */
export function integerOf(field: Field): number {
  if (field.integer !== undefined) return field.integer;
  throw damaged(field, field.start, `field ${field.number} holds bytes, expected a whole number`);
}

/** The range of a field. */
export function partOf(field: Field): Part {
  if (field.integer === undefined) return field;
  throw damaged(field, field.start, `field ${field.number} holds a whole number, expected bytes`);
}

export function bytesOf(field: Field): Uint8Array {
  const { bytes, start, end } = partOf(field);
  return bytes.subarray(start, end);
}

export function textOf(field: Field): string {
  return new TextDecoder().decode(bytesOf(field));
}

/** The whole numbers of one entry of a repeated field: one number, or a packed list of them. */
export function* integersOf(field: Field): Generator<number> {
  if (field.integer !== undefined) {
    yield field.integer;
    return;
  }
  for (let at = field.start; at < field.end; ) {
    const { value, end } = varint({ ...field, start: at });
    yield value;
    at = end;
  }
}

/** A whole number of up to ten bytes at the start of a range: seven bits a byte, the lowest first. */
function varint(place: Part): { readonly value: number; readonly end: number } {
  const { bytes, start } = place;
  let last = start;
  while (last < place.end && bytes[last]! >= 128) last++;
  if (last >= place.end) throw damaged(place, start, 'a whole number that does not end');
  const length = last - start + 1;
  if (length > 10) throw damaged(place, start, `a whole number of ${length} bytes`);
  const end = last + 1;
  let value = 0;
  if (length <= 7) {
    for (let at = last; at >= start; at--) value = value * 128 + (bytes[at]! & 127);
    return { value, end };
  }
  let large = 0n;
  for (let at = last; at >= start; at--) large = large * 128n + BigInt(bytes[at]! & 127);
  return { value: Number(BigInt.asIntN(64, large)), end };
}
