/**
 * As much of the protobuf wire format as ONNX files and TensorBoard's events need. A message is the concatenation of its fields; it is kept as
 * a list of chunks until the file is complete, so that the weights are copied once.
 */

import { varint } from '../../base/bytes.js';

/** Encoded fields, to be written one after the other. */
export type Message = readonly Uint8Array[];

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const encoder = new TextEncoder();

/** A field that holds a whole number, which must not be negative. */
export function integerField(field: number, value: number): Message {
  return [tag(field, VARINT), varint(value)];
}

/** A field that holds a float32. */
export function floatField(field: number, value: number): Message {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [tag(field, FIXED32), bytes];
}

/** A field that holds a float64. */
export function doubleField(field: number, value: number): Message {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [tag(field, FIXED64), bytes];
}

/** A field that holds a text. */
export function textField(field: number, value: string): Message {
  return messageField(field, [encoder.encode(value)]);
}

/** A field that holds another message, or plain bytes as its only chunk. */
export function messageField(field: number, content: Message): Message {
  return [tag(field, BYTES), varint(lengthOf(content)), ...content];
}

function tag(field: number, wireType: number): Uint8Array {
  return varint(8 * field + wireType);
}

function lengthOf(message: Message): number {
  return message.reduce((sum, { length }) => sum + length, 0);
}
