/** The little of protobuf's wire format that events need. */

/** The bytes of one field of a message, its key included. */
export type Field = Uint8Array;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** A whole number of at least 0, as int32, int64 or an enumeration. */
export function varintField(number: number, value: number): Field {
  return Uint8Array.from([...varint(8 * number + VARINT), ...varint(value)]);
}

export function doubleField(number: number, value: number): Field {
  const bytes = new Uint8Array(9);
  bytes[0] = 8 * number + FIXED64;
  new DataView(bytes.buffer).setFloat64(1, value, true);
  return bytes;
}

export function floatField(number: number, value: number): Field {
  const bytes = new Uint8Array(5);
  bytes[0] = 8 * number + FIXED32;
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
}

/** Bytes, or a message by its fields. */
export function bytesField(number: number, ...parts: readonly Uint8Array[]): Field {
  return joined([
    Uint8Array.from([8 * number + BYTES, ...varint(parts.reduce((sum, { length }) => sum + length, 0))]),
    ...parts,
  ]);
}

export function textField(number: number, text: string): Field {
  return bytesField(number, new TextEncoder().encode(text));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

/** Reads the fields of a message: a number for a varint, bytes for all others. It ends where the bytes are no message. */
export function* fieldsOf(message: Uint8Array): Generator<readonly [number: number, value: number | Uint8Array]> {
  let at = 0;
  const whole = (): number => {
    let value = 0;
    for (let scale = 1; at < message.length; scale *= 128) {
      const byte = message[at++]!;
      value += (byte % 128) * scale;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < message.length) {
    const key = whole();
    const [number, type] = [Math.floor(key / 8), key % 8];
    if (type === VARINT) {
      yield [number, whole()];
      continue;
    }
    const length = type === BYTES ? whole() : type === FIXED64 ? 8 : type === FIXED32 ? 4 : Number.POSITIVE_INFINITY;
    if (at + length > message.length) return;
    yield [number, message.subarray(at, at + length)];
    at += length;
  }
}
