/** Event files, read by another parser of protobuf and another CRC-32C; a resumed run repeats and contradicts no step. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import * as assert from 'uvu/assert';
import { logList } from '../../../src/app/watch/log-targets.js';
import { decodePng } from '../../../src/formats/png/png.js';
import { suiteInFolder } from '../../support/cli/cli.js';
import { trainWatched } from '../../support/training/watched-run.js';

const test = suiteInFolder('tensorboard');

/** From TensorBoard's event.proto and summary.proto. */
const { root } = protobuf.parse(
  `syntax = "proto3";
  message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
  message Value { string tag = 1; oneof value { float simple_value = 2; Image image = 4; } }
  message Summary { repeated Value value = 1; }
  message SessionLog { enum SessionStatus { STATUS_UNSPECIFIED = 0; START = 1; STOP = 2; CHECKPOINT = 3; }
    SessionStatus status = 1; string checkpoint_path = 2; string msg = 3; }
  message Event { double wall_time = 1; int64 step = 2;
    oneof what { string file_version = 3; bytes graph_def = 4; Summary summary = 5; SessionLog session_log = 7; } }`,
  { keepCase: true },
);
const Event = root.lookupType('Event');

interface Seen {
  readonly step: number;
  readonly file_version?: string;
  readonly session_log?: { readonly status: string };
  readonly summary?: {
    readonly value: readonly {
      tag: string;
      simple_value?: number;
      image?: { width: number; height: number; encoded_image_string: Uint8Array };
    }[];
  };
}

/** CRC-32C a bit at a time, by the polynomial as it is usually written. */
function crc(bytes: Uint8Array): number {
  let sum = 0xffffffffn;
  const reflect = (value: bigint, bits: number) =>
    BigInt(`0b${value.toString(2).padStart(bits, '0').split('').reverse().join('')}`);
  sum = bytes.reduce((rest, byte) => {
    let next = rest ^ (reflect(BigInt(byte), 8) << 24n);
    for (let k = 0; k < 8; k++) next = ((next << 1n) ^ (next >> 31n ? 0x11edc6f41n : 0n)) & 0xffffffffn;
    return next;
  }, sum);
  return Number(reflect(sum ^ 0xffffffffn, 32));
}

const masked = (bytes: Uint8Array) => ((((crc(bytes) >>> 15) | (crc(bytes) << 17)) >>> 0) + 0xa282ead8) >>> 0;

/** All events of a folder, file after file; asserts that the framing is right to the last byte. */
function eventsIn(folder: string): Seen[][] {
  const names = readdirSync(folder).filter((name) => name.includes('tfevents'));
  return names.sort().map((name) => {
    const file = readFileSync(join(folder, name));
    const events: Seen[] = [];
    for (let at = 0; at < file.length; ) {
      const length = Number(file.readBigUInt64LE(at));
      assert.is(file.readUInt32LE(at + 8), masked(file.subarray(at, at + 8)));
      const data = file.subarray(at + 12, at + 12 + length);
      // Pictures would take the slow check seconds.
      if (length < 2000) assert.is(file.readUInt32LE(at + 12 + length), masked(data));
      events.push(Event.toObject(Event.decode(data), { longs: Number, enums: String, defaults: false }) as Seen);
      at += 16 + length;
    }
    return events;
  });
}

/** The series by tag: [step, value]. */
function seriesOf(files: readonly (readonly Seen[])[]): Record<string, [number, number][]> {
  const series: Record<string, [number, number][]> = {};
  for (const { step = 0, summary } of files.flat()) {
    for (const { tag, simple_value } of summary?.value ?? []) {
      if (simple_value !== undefined) (series[tag] ??= []).push([step, simple_value]);
    }
  }
  // What is read from the clock differs from run to run.
  delete series.images_per_second;
  return series;
}

test('CRC-32C has the check value of its catalogue', () => {
  assert.is(crc(new TextEncoder().encode('123456789')), 0xe3069283);
});

test('losses, scores, rates, norms and pictures are there, each at its step', async ({ dir }) => {
  const { run, epochs } = await trainWatched(dir, { log: ['tensorboard'] });
  const [events, ...others] = eventsIn(run);
  assert.is(others.length, 0);
  assert.is(events![0]!.file_version, 'brain.Event:2');
  assert.equal(events![1]!.session_log, { status: 'START' });
  const series = seriesOf([events!]);
  const heads = ['L1', 'L2'];
  assert.equal(Object.keys(series).sort(), [
    ...['dice/validation', ...heads.map((head) => `dice/validation_${head}`), 'epoch'],
    ...['iou/validation', ...heads.map((head) => `iou/validation_${head}`), 'learning_rate'],
    ...['loss/training', ...heads.map((head) => `loss/training_${head}`), 'loss/validation'],
    ...['step/gradient_norm', 'step/learning_rate', 'step/loss', ...heads.map((head) => `step/loss_${head}`)],
  ]);
  assert.equal(
    series['step/loss']!.map(([step]) => step),
    Array.from({ length: 6 }, (_, k) => k + 1),
  );
  assert.equal(
    series['dice/validation'],
    epochs.map(({ epoch, validation }) => [2 * epoch, Math.fround(validation.dice)]),
  );
  const [picture] = events!.flatMap(({ summary }) => summary?.value ?? []).filter(({ image }) => image);
  assert.is(picture!.tag, 'predictions');
  const { width, height, encoded_image_string } = picture!.image!;
  const decoded = decodePng(encoded_image_string, 'picture');
  assert.equal([decoded.width, decoded.height], [width, height]);
});

test('a run that goes on has every step once, with the values of one that was never stopped', async ({ dir }) => {
  const whole = await trainWatched(dir, { log: ['tensorboard'], out: 'whole' });
  // It is stopped by a fault in the second epoch, after steps that no checkpoint has.
  const parts = await trainWatched(dir, { log: ['tensorboard'], out: 'parts', failAtStep: 4 });
  assert.equal(
    seriesOf(eventsIn(parts.run))['step/loss']!.map(([step]) => step),
    [1, 2, 3, 4],
  );
  await trainWatched(dir, { log: ['tensorboard'], out: 'parts', resume: true });
  const files = eventsIn(parts.run);
  assert.is(files.length, 2);
  assert.is(files[1]![1]!.step, 3, 'readers drop what they have from here');
  assert.equal(seriesOf(files), seriesOf(eventsIn(whole.run)));
});

test('a run that was begun without event files gets its epochs', async ({ dir }) => {
  const { run } = await trainWatched(dir, { log: [], failAtStep: 4 });
  await trainWatched(dir, { log: ['tensorboard'], resume: true });
  const series = seriesOf(eventsIn(run));
  assert.equal(
    series.epoch,
    [1, 2, 3].map((epoch) => [2 * epoch, epoch]),
  );
});

test('--log takes a list, and says what was meant', () => {
  assert.equal(logList('live, mlflow,live'), ['live', 'mlflow']);
  assert.throws(
    () => logList('tensorbord'),
    'Expected names with commas between them, of tensorboard, mlflow, live, report; found "tensorbord".',
  );
  assert.throws(() => logList('x'), /found "x"\.$/);
});

test.run();
