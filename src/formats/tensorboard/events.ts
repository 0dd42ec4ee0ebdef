/** TensorBoard's events: records of a file, each a protobuf message `Event` (tensorflow/core/util/event.proto). */
import {
  bytesField,
  doubleField,
  type Field,
  fieldsOf,
  floatField,
  joined,
  textField,
  varintField,
} from './protobuf.js';
import { record, recordsOf } from './records.js';

/** A value at a step: a number, or an image as a PNG. */
export interface Summary {
  readonly tag: string;
  readonly value: number | { readonly width: number; readonly height: number; readonly png: Uint8Array };
}

const FILE_VERSION = 'brain.Event:2';
const START = 1;
const RGB = 3;

/** The first event of a file. @param seconds the time since 1970 */
export function versionEvent(seconds: number): Uint8Array {
  return record(message(seconds, 0, textField(3, FILE_VERSION)));
}

/** Says that a run begins or goes on at `step`: readers drop what they know of this step and later ones. */
export function startEvent(seconds: number, step: number): Uint8Array {
  return record(message(seconds, step, bytesField(7, varintField(1, START))));
}

/** The values of a step. */
export function summaryEvent(seconds: number, step: number, summaries: readonly Summary[]): Uint8Array {
  return record(message(seconds, step, bytesField(5, ...summaries.map(summaryField))));
}

function message(seconds: number, step: number, what: Field): Uint8Array {
  return joined([doubleField(1, seconds), varintField(2, step), what]);
}

function summaryField({ tag, value }: Summary): Field {
  if (typeof value === 'number') return bytesField(1, textField(1, tag), floatField(2, value));
  const { width, height, png } = value;
  const image = [varintField(1, height), varintField(2, width), varintField(3, RGB), bytesField(4, png)];
  return bytesField(1, textField(1, tag), bytesField(4, ...image));
}

/**
 * Finds how much of an event file belongs to a run that resumes: the bytes before the first event of a later step, or of an
 * epoch that is still to be done. What is damaged or cut short goes, too.
 * @param steps the steps that the run has taken
 * @param epoch the epoch that comes next; the events of an epoch have its number under the tag `epochTag`
 */
export function keptLength(
  file: Uint8Array,
  { steps, epoch, epochTag }: { steps: number; epoch: number; epochTag: string },
): number {
  let kept = 0;
  for (const { data, end } of recordsOf(file)) {
    const fields = [...fieldsOf(data)];
    const step = fields.find(([number]) => number === 2)?.[1] ?? 0;
    const later = fields.some(([number, value]) => number === 5 && epochIn(value, epochTag) >= epoch);
    const isStart = fields.some(([number]) => number === 7);
    if (later || (Number(step) > steps && !isStart)) break;
    kept = end;
  }
  return kept;
}

/** The number under a tag of a summary; NaN where it has none. */
function epochIn(summary: number | Uint8Array, epochTag: string): number {
  if (typeof summary === 'number') return Number.NaN;
  for (const [, value] of fieldsOf(summary)) {
    const fields = new Map(typeof value === 'number' ? [] : fieldsOf(value));
    const [tag, number] = [fields.get(1), fields.get(2)];
    if (!(tag instanceof Uint8Array && number instanceof Uint8Array)) continue;
    if (new TextDecoder().decode(tag) !== epochTag) continue;
    return new DataView(number.buffer, number.byteOffset).getFloat32(0, true);
  }
  return Number.NaN;
}
