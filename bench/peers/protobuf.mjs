/** As much of the protobuf wire format as an ONNX file needs: a message is the concatenation of its fields. */

const VARINT = 0;
const BYTES = 2;

const encoder = new TextEncoder();

/** @param {number} value a whole number, not negative */
function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Uint8Array.of(...bytes, value);
}

/** A field that holds a whole number. */
export function integer(field, value) {
  return message(varint(8 * field + VARINT), varint(value));
}

/** A field that holds a text, bytes or a message. */
export function bytes(field, value) {
  const content = typeof value === 'string' ? encoder.encode(value) : value;
  return message(varint(8 * field + BYTES), varint(content.length), content);
}

/** @param {Uint8Array[]} fields */
export function message(...fields) {
  return new Uint8Array(Buffer.concat(fields));
}
