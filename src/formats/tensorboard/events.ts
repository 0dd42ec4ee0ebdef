/** TensorBoard's events: records of a file, each a protobuf message `Event` (tensorflow/core/util/event.proto). */
import { joinBytes } from '../../base/bytes.js';
import { bytesOf, type Field, fieldsOf, integerOf, textOf } from '../protobuf/read.js';
import { doubleField, floatField, integerField, type Message, messageField, textField } from '../protobuf/write.js';
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
  return record(message(seconds, step, messageField(7, integerField(1, START))));
}

/** The values of a step. */
export function summaryEvent(seconds: number, step: number, summaries: readonly Summary[]): Uint8Array {
  return record(message(seconds, step, messageField(5, summaries.flatMap(summaryField))));
}

function message(seconds: number, step: number, what: Message): Uint8Array {
  return joinBytes([...doubleField(1, seconds), ...integerField(2, step), ...what]);
}

function summaryField({ tag, value }: Summary): Message {
  if (typeof value === 'number') return messageField(1, [...textField(1, tag), ...floatField(2, value)]);
  const { width, height, png } = value;
  const image = [integerField(1, height), integerField(2, width), integerField(3, RGB), messageField(4, [png])];
  return messageField(1, [...textField(1, tag), ...messageField(4, image.flat())]);
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
    const fields = [...fieldsOf({ bytes: data, file: 'event file', start: 0, end: data.length })];
    const step = fields.find(({ number }) => number === 2);
    const later = fields.some((field) => field.number === 5 && epochIn(field, epochTag) >= epoch);
    const isStart = fields.some(({ number }) => number === 7);
    if (later || (step && integerOf(step) > steps && !isStart)) break;
    kept = end;
  }
  return kept;
}

/** The number under a tag of a summary; NaN where it has none. */
function epochIn(summary: Field, epochTag: string): number {
  for (const value of fieldsOf(summary)) {
    const fields = new Map([...fieldsOf(value)].map((field) => [field.number, field]));
    const [tag, number] = [fields.get(1), fields.get(2)];
    if (!tag || !number || textOf(tag) !== epochTag) continue;
    const bytes = bytesOf(number);
    return new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
  }
  return Number.NaN;
}
