/** Writes DICOM data sets, in explicit little-endian. */
import { joinBytes } from '../../base/bytes.js';
import { invariant } from '../../base/errors.js';

/** What an element holds: text, bytes, whole numbers, or the items of a sequence. */
export type Value = string | Uint8Array | readonly number[] | readonly DataElements[];

/** Elements by tag, in any order: `{ '00280010': ['US', [512]] }`. */
export type DataElements = Readonly<Record<string, readonly [vr: string, value: Value]>>;

/** The representations whose length takes four bytes, after two that are reserved. */
const LONG = ['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'SQ', 'UC', 'UN', 'UR', 'UT'];
const SIZES: Readonly<Record<string, 2 | 4>> = { US: 2, UL: 4, AT: 2 };

/** The bytes of a whole file. @param meta elements of group 0002, without its length */
export function encodeFile(meta: DataElements, dataset: DataElements): Uint8Array {
  const head = encodeElements(meta);
  const length = encodeElements({ '00020000': ['UL', [head.length]] });
  const preamble = new Uint8Array(132);
  preamble.set(new TextEncoder().encode('DICM'), 128);
  return joinBytes([preamble, length, head, encodeElements(dataset)]);
}

/** The bytes of a data set, its elements sorted by tag. */
export function encodeElements(elements: DataElements): Uint8Array {
  const tags = Object.keys(elements).sort();
  return joinBytes(tags.flatMap((tag) => encodeElement(tag, ...elements[tag]!)));
}

function encodeElement(tag: string, vr: string, value: Value): Uint8Array[] {
  const bytes = encodeValue(vr, value);
  const isLong = LONG.includes(vr);
  invariant(isLong || bytes.length < 2 ** 16, `${bytes.length} bytes of ${vr} in ${tag}`);
  const header = new Uint8Array(isLong ? 12 : 8);
  const view = new DataView(header.buffer);
  putTag(view, 0, tag);
  header.set(new TextEncoder().encode(vr), 4);
  if (isLong) view.setUint32(8, bytes.length, true);
  else view.setUint16(6, bytes.length, true);
  return [header, bytes];
}

function putTag(view: DataView, at: number, tag: string): void {
  view.setUint16(at, Number.parseInt(tag.slice(0, 4), 16), true);
  view.setUint16(at + 2, Number.parseInt(tag.slice(4), 16), true);
}

/** Values have an even length: identifiers and bytes are padded by 0, texts by a blank. */
function encodeValue(vr: string, value: Value): Uint8Array {
  if (vr === 'SQ') return joinBytes((value as readonly DataElements[]).flatMap(encodeItem));
  if (value instanceof Uint8Array) return even(value, vr === 'OB' || vr === 'UI' ? 0 : 0x20);
  if (typeof value === 'string') return even(new TextEncoder().encode(value), vr === 'UI' ? 0 : 0x20);
  const size = SIZES[vr];
  invariant(size !== undefined, `numbers of ${vr}`);
  const bytes = new Uint8Array(value.length * size);
  const view = new DataView(bytes.buffer);
  (value as readonly number[]).forEach((number, k) => {
    if (size === 2) view.setUint16(2 * k, number, true);
    else view.setUint32(4 * k, number, true);
  });
  return bytes;
}

/** The value of an element that points to a tag. */
export function pointer(tag: string): readonly number[] {
  return [Number.parseInt(tag.slice(0, 4), 16), Number.parseInt(tag.slice(4), 16)];
}

function encodeItem(item: DataElements): Uint8Array[] {
  const content = encodeElements(item);
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  putTag(view, 0, 'fffee000');
  view.setUint32(4, content.length, true);
  return [header, content];
}

function even(bytes: Uint8Array, pad: number): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const padded = new Uint8Array(bytes.length + 1);
  padded.set(bytes);
  padded[bytes.length] = pad;
  return padded;
}

/** A number as decimal text (DS), which has at most 16 characters. */
export function decimalText(value: number): string {
  const text = String(value);
  if (text.length <= 16) return text;
  for (let digits = 15; ; digits--) {
    const short = String(Number(value.toPrecision(digits)));
    if (short.length <= 16 || digits === 1) return short;
  }
}
