/** By what DICOM files are recognised. Their readers are loaded only where there is one. */
import { SIGNATURE_BYTES } from '../signature.js';
import type { ByteSource } from '../source.js';

/** Whether a file begins as one of DICOM: by its magic, or, where the preamble is missing, by its first element. */
export function isDicom(start: Uint8Array): boolean {
  if (hasMagic(start)) return true;
  const [group, element] = [start[0]! | (start[1]! << 8), start[2]! | (start[3]! << 8)];
  // Groups are sorted: a data set begins with the file's meta information, or with what identifies the image.
  if (!(group === 0x0002 || group === 0x0008) || element > 0x0018 || start.length < 16) return false;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const isExplicit = startsExplicit(start);
  if (!isExplicit && group === 0x0002) return false;
  const length = isExplicit && start[4] !== 0x4f ? view.getUint16(6, true) : view.getUint32(isExplicit ? 8 : 4, true);
  // Another of its group follows.
  const next = (isExplicit && start[4] === 0x4f ? 12 : 8) + length;
  if (length === 0 || length % 2 === 1 || next + 4 > start.length) return false;
  return view.getUint16(next, true) === group && view.getUint16(next + 2, true) > element;
}

/** Whether the magic of DICOM stands behind a preamble. */
export function hasMagic(start: Uint8Array): boolean {
  return [0x44, 0x49, 0x43, 0x4d].every((byte, i) => start[128 + i] === byte);
}

/** Whether the first element has a representation, and with it a length that a first element may have. */
export function startsExplicit(start: Uint8Array, at = 0): boolean {
  const vr = String.fromCharCode(start[at + 4]!, start[at + 5]!);
  return ['UL', 'OB', 'CS', 'UI', 'DA', 'TM', 'DT', 'SH', 'LO'].includes(vr) && (vr === 'OB' || start[at + 7]! === 0);
}

/** Whether a file is DICOM, by its beginning. */
export async function isDicomFile(source: ByteSource): Promise<boolean> {
  return isDicom(await source.read(0, SIGNATURE_BYTES));
}
