/** Zip archives: what is read is what was written, and the same files give the same bytes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readZip, writeZip } from '../../src/formats/zip.js';
import { throwsInput } from '../support/throws.js';

const text = (content: string) => new TextEncoder().encode(content);
const FILES = [
  ['first.txt', text('one')],
  ['folder/numbers.bin', Uint8Array.of(0, 255, 7)],
  ['empty', new Uint8Array(0)],
] as const;

test('files come back in their order', () => {
  const back = readZip(writeZip(FILES), 'a.zip');
  assert.equal(
    [...back].map(([name, content]) => [name, [...content]]),
    FILES.map(([name, content]) => [name, [...content]]),
  );
});

test('the first file lies open behind its name, and bytes depend on nothing but the files', () => {
  const bytes = writeZip(FILES);
  const head = String.fromCharCode(...bytes.subarray(0, 42));
  assert.is(head.replace(/^.{30}/s, ''), 'first.txtone');
  const zone = process.env.TZ;
  process.env.TZ = 'Pacific/Auckland';
  const elsewhere = writeZip(FILES);
  process.env.TZ = zone;
  assert.equal(elsewhere, bytes);
});

test('what is no archive is refused by its name', () => {
  const advice = 'export it again';
  throwsInput(
    () => readZip(text('no archive'), 'a.zip'),
    `a.zip: not a zip archive, or a damaged one: invalid zip data; ${advice}`,
  );
});

test.run();
