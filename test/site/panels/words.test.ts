/** What the panels make of values: facts of a report, files to save, keys, sizes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { actionOf, type Keys, nextRadius } from '../../../site/app/correct/keys.js';
import { factsOf } from '../../../site/app/look/report-lines.js';
import { asOneFile } from '../../../site/app/take-home/kinds.js';
import { fileSize } from '../../../site/app/words.js';
import { type CheckSummary, checkLines } from '../../../src/cli/tables/check-report.js';
import { readZip } from '../../../src/formats/zip.js';

test('the facts of a report are those that unetpp check writes', () => {
  const summary: CheckSummary = {
    data: 'scans',
    images: 48,
    splitOrigin: 'drawn',
    subsets: [
      { name: 'train', images: 34, patients: 12, labels: {} },
      { name: 'test', images: 14, patients: null, labels: {} },
    ],
    sizes: { '256x256': 40, '512x512': 8 },
    kinds: { '8-bit grey': 48 },
    values: { least: 0, greatest: 255, medianGreatest: 250 },
    classes: [{ name: 'background', share: 1, images: 48 }],
    emptyMasks: ['a'],
    vanished: { size: 128, objects: 0, images: [] },
    duplicates: [],
    remarks: ['1 mask without foreground: a'],
    skipped: ['notes.txt'],
    faults: ['b.png: not an image'],
  };
  assert.equal(factsOf(checkLines(summary, null).join('\n')), [
    { name: 'data', value: 'scans: 48 images with masks' },
    { name: 'sizes', value: '256x256 (40), 512x512 (8)' },
    { name: 'values', value: '8-bit grey (48), from 0 to 255' },
    { name: 'empty', value: '1 mask' },
    { name: 'twice', value: '0 images' },
    { name: 'split', value: 'drawn, as there is no split.json; train: 34 images, of 12 patients; test: 14 images' },
  ]);
});

test('an export of one file is saved as it is, of several as an archive', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  assert.equal(asOneFile([{ path: 'out/model.onnx', bytes }], 'onnx.zip'), {
    ...{ name: 'model.onnx', type: 'application/octet-stream', bytes },
  });
  const edge = asOneFile(
    [
      { path: 'run.mjs', bytes },
      { path: 'parts/plan.json', bytes },
    ],
    'edge.zip',
  );
  assert.equal([edge.name, edge.type], ['edge.zip', 'application/zip']);
  assert.equal([...readZip(edge.bytes, 'edge.zip').keys()], ['run.mjs', 'parts/plan.json']);
});

test('keys paint, and leave to the browser what is its own', () => {
  const key = (key: string, more: Partial<Keys> = {}) =>
    actionOf({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more });
  assert.equal(key('ArrowUp', { shiftKey: true }), { kind: 'move', x: 0, y: -1, paints: true });
  assert.equal(key(' '), { kind: 'dab' });
  assert.equal(key('E'), { kind: 'erase' });
  assert.equal(key('3'), { kind: 'class', label: 3 });
  assert.equal(key('z', { ctrlKey: true }), { kind: 'undo' });
  assert.equal(key('Z', { metaKey: true, shiftKey: true }), { kind: 'redo' });
  assert.equal(key('y', { ctrlKey: true }), { kind: 'redo' });
  for (const own of [key('Tab'), key('+', { ctrlKey: true }), key('ArrowLeft', { altKey: true }), key('x')]) {
    assert.is(own, undefined);
  }
});

test('the brush grows by a pixel while it is small, then faster, within its bounds', () => {
  const radii = [1];
  while (radii.at(-1)! < 64) radii.push(nextRadius(radii.at(-1)!, 1, 64));
  assert.equal(radii, [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 24, 29, 35, 42, 50, 60, 64]);
  assert.is(nextRadius(64, 1, 64), 64);
  assert.is(nextRadius(1, -1, 64), 1);
});

test('sizes of files are in words', () => {
  assert.equal([0, 1023, 1025, 2_298_608, 150e6, 11e9].map(fileSize), [
    ...['0 bytes', '1023 bytes', '2 KB', '2.2 MB', '143 MB', '10.2 GB'],
  ]);
});

test.run();
